use super::*;
use crate::clusters::{Cluster, Clusters};
use crate::similarity::rank::testing::paper;

fn clusters(sizes: &[usize]) -> Clusters {
    let mut clusters = Clusters::default();
    let mut next = 0;
    clusters.levels[0].clusters = sizes
        .iter()
        .map(|&size| {
            next += size;
            Cluster { parent: None, papers: (next - size..next).collect() }
        })
        .collect();
    clusters
}

fn labels(papers: &[Paper], sizes: &[usize]) -> Vec<Vec<String>> {
    let [coarse, _] = Phrases::read(papers).labels(papers, &clusters(sizes));
    coarse.into_iter().map(|label| label.phrases).collect()
}

#[test]
fn clusters_are_called_what_their_papers_share_and_others_do_not() {
    let papers = [
        paper("Pre-training BERT for Question Answering", "We train BERT models on questions."),
        paper(
            "Question Answering with BERT",
            "Better question answering by BERT, pre-training included.",
        ),
        paper("A Survey of COVID-19 Vaccines", "Trials of COVID-19 vaccines. The vaccines work."),
        paper("Vaccines against COVID-19", "We ask whether COVID-19 vaccines work."),
    ];
    let labels = labels(&papers, &[2, 2]);
    assert!(labels[0].contains(&"question answering".into()), "{labels:?}");
    assert!(labels[0].contains(&"BERT".into()), "{labels:?}");
    assert!(labels[1].iter().any(|phrase| phrase.contains("COVID-19")), "{labels:?}");
    assert!(labels.iter().flatten().all(|phrase| phrase != "COVID" && phrase != "19"));
}

#[test]
fn what_stands_in_a_longer_phrase_is_left_to_it_and_no_word_comes_twice() {
    let papers = [
        paper("Coreference resolution in Dutch", "Coreference resolution with coreference chains."),
        paper("Neural coreference resolution", "Coreference resolution for stories."),
        paper("Parsing trees", "Trees of sentences are parsed."),
        paper("Parsing", "Sentences and trees."),
    ];
    let labels = labels(&papers, &[2, 2]);
    assert_eq!(labels[0][0], "coreference resolution", "{labels:?}");
    assert!(labels[0][1..].iter().all(|phrase| !phrase.contains("coreference")), "{labels:?}");
}

#[test]
fn keywords_weigh_more_than_the_abstract() {
    let mut papers = [
        paper("Ants", "Of bridges and of tunnels."),
        paper("More ants", "Of bridges and of tunnels."),
        paper("Bees", "Nothing. Tunnels, bridges: in vain."),
        paper("More bees", "Nothing at all."),
    ];
    for paper in &mut papers[..2] {
        paper.keywords = vec!["tunnels".into(), "bridges".into()];
    }
    papers[1].keywords.pop();
    let labels = labels(&papers, &[2, 2]);
    let place = |phrase: &str| labels[0].iter().position(|other| other == phrase);
    assert!(place("tunnels") < place("bridges") && place("tunnels").is_some(), "{labels:?}");
}

#[test]
fn parts_of_one_cluster_are_told_apart_by_what_they_do_not_share() {
    let papers = [
        paper("Whale songs and sonar", "Whale songs. Sonar."),
        paper("Whale songs heard by sonar", "Whale songs, sonar."),
        paper("Whale songs and migration", "Whale songs. Migration."),
        paper("Whale songs during migration", "We hear whale songs, migration."),
        paper("Ant hills", "Ant hills."),
        paper("Ant hills again", "We see ant hills."),
    ];
    let mut clusters = clusters(&[4, 2]);
    let part = |parent, papers: &[usize]| Cluster { parent: Some(parent), papers: papers.to_vec() };
    clusters.levels[1].clusters = vec![part(0, &[0, 1]), part(0, &[2, 3]), part(1, &[4, 5])];
    let [coarse, fine] = Phrases::read(&papers).labels(&papers, &clusters);
    assert_eq!(coarse[0].phrases[0], "whale songs");
    assert_eq!(fine[0].phrases[0], "sonar");
    assert_eq!(fine[1].phrases[0], "migration");
    assert_eq!(fine[2].phrases[0], "ant hills");
}

#[test]
fn a_single_cluster_and_papers_without_words_have_labels_too() {
    let papers = [
        paper("Whale songs", "The songs of whales."),
        paper("Whale songs again", "We hear whale songs."),
        paper("", ""),
    ];
    assert_eq!(labels(&papers, &[3])[0][0], "whale songs");
    assert!(labels(&papers[2..], &[1])[0].is_empty());
    assert!(labels(&[], &[]).is_empty());
}

#[test]
fn labels_are_the_same_every_time() {
    let papers: Vec<Paper> =
        (0..600).map(|i| paper(&format!("word{} word{}", i % 7, i % 11), "")).collect();
    let once = labels(&papers, &[300, 300]);
    assert!((0..3).all(|_| labels(&papers, &[300, 300]) == once));
}
