use super::{DeviceChoice, finish};

#[test]
fn devices_have_names() {
    for (name, device) in [
        ("auto", DeviceChoice::Auto),
        ("cpu", DeviceChoice::Cpu),
        ("cuda:0", DeviceChoice::Cuda(0)),
        ("cuda:3", DeviceChoice::Cuda(3)),
        ("metal", DeviceChoice::Metal),
    ] {
        assert_eq!(name.parse(), Ok(device));
        assert_eq!(device.to_string(), name);
    }
    assert_eq!("cuda".parse(), Ok(DeviceChoice::Cuda(0)));
    for name in ["", "gpu", "cuda:", "cuda:x", "CPU"] {
        let error = name.parse::<DeviceChoice>().unwrap_err().to_string();
        assert!(error.contains(&format!("`{name}`")) && error.contains("metal"), "{error}");
    }
}

#[test]
#[cfg(not(any(feature = "cuda", feature = "metal")))]
fn devices_that_are_not_built_in_say_how_to_get_them() {
    for (device, feature) in [(DeviceChoice::Cuda(1), "cuda"), (DeviceChoice::Metal, "metal")] {
        let error = device.open().unwrap_err().to_string();
        assert!(error.contains(&device.to_string()), "{error}");
        assert!(error.contains(&format!("--features {feature}")), "{error}");
    }
    assert!(DeviceChoice::Auto.open().unwrap().is_cpu());
}

#[test]
fn vectors_are_scaled_and_must_be_finite() {
    assert_eq!(finish(vec![3.0, 4.0], true).unwrap(), [0.6, 0.8]);
    assert_eq!(finish(vec![3.0, 4.0], false).unwrap(), [3.0, 4.0]);
    assert_eq!(finish(vec![0.0, 0.0], true).unwrap(), [0.0, 0.0]);
    for bad in [f32::NAN, f32::INFINITY] {
        assert!(finish(vec![1.0, bad], false).is_err());
        assert!(finish(vec![1.0, bad], true).is_err());
    }
}
