//! Why the paper under the cursor is in its list.

use crate::app::effect::Effect;
use crate::app::jobs::Kind;
use crate::app::state::App;
use crate::app::why::{Origin, Sentences};
use crate::similarity::explain::{Explanation, Side, explain};
use crate::ui;

/// After anything that may have moved a cursor or changed a list: what is shown is about the pair under
/// the cursor. The words of two papers are compared at once; sentences are asked for.
pub(super) fn follow(app: &mut App) -> Vec<Effect> {
    let pair = if ui::shows_why(app) { app.pair() } else { None };
    if pair == app.why.pair {
        return Vec::new();
    }
    app.why.pair = pair;
    app.why.explanation = Explanation::default();
    app.why.sentences = Sentences::None;
    let (Some(pair), Some(lexical)) = (&app.why.pair, &app.lexical) else {
        return Vec::new();
    };
    let side = match &pair.origin {
        Origin::Paper(id) => app.snapshot.by_id(*id).map(Side::Paper),
        Origin::Text(text) => Some(Side::Text(text)),
    };
    if let (Some(side), Some(paper)) = (side, app.snapshot.by_id(pair.paper)) {
        app.why.explanation = explain(app.snapshot.papers(), lexical, None, side, paper);
    }
    ask_sentences(app)
}

/// Asks for the closest sentences of the pair, where there is a model to find them.
pub(super) fn ask_sentences(app: &mut App) -> Vec<Effect> {
    let Some(pair) = app.why.pair.clone().filter(|_| app.has_model()) else {
        return Vec::new();
    };
    app.why.sentences = Sentences::Asked;
    vec![Effect::Sentences { generation: app.generations.next(Kind::Sentences), pair }]
}
