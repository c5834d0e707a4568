//! What is wrong in the files.

use super::{edit, rows, show};
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::state::{App, View};
use crate::ui;

pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    let height = ui::heights(app).report;
    if let Some(rows) = rows(app, action, height) {
        let len = app.report.findings.len();
        app.report.scroll.move_by(rows, len);
        app.report.scroll.fit(len, height);
        return Vec::new();
    }
    match action {
        Action::Dive => edit(app),
        Action::Back | Action::Clear => show(app, View::Library),
        _ => Vec::new(),
    }
}
