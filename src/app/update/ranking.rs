//! What ranked lists rest on, whichever is on the screen: seeds, ranking, what they leave out.

use super::{lists, search};
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::neighbours::Centre;
use crate::app::state::App;
use crate::ui;

/// Does it, where the action is about that; `None` where it is not.
pub(super) fn act(app: &mut App, action: Action) -> Option<Vec<Effect>> {
    Some(match action {
        Action::MoreLike => {
            let papers = app.targets();
            app.seeds.toggle_like(&papers);
            seeds_changed(app)
        }
        Action::LessLike => {
            let papers = app.targets();
            app.seeds.toggle_unlike(&papers);
            seeds_changed(app)
        }
        Action::NextJoin if app.can(action) => {
            app.seeds.join = app.seeds.join.next();
            seeds_changed(app)
        }
        Action::NextRanking => {
            app.ranking = app.ranking.next();
            criteria_changed(app)
        }
        Action::Diverse => {
            app.diverse = !app.diverse;
            criteria_changed(app)
        }
        Action::HideRead => {
            app.hide_read = !app.hide_read;
            criteria_changed(app)
        }
        Action::Why => {
            app.why.wanted = Some(!ui::shows_why(app));
            app.abstract_offset = 0;
            lists::settle(app)
        }
        _ => return None,
    })
}

/// Their list is shown, wherever the trail has led meanwhile.
fn seeds_changed(app: &mut App) -> Vec<Effect> {
    app.seeds.depth = app.trail.len();
    lists::ask_neighbours(app)
}

/// Lets the seeds go; `false` where there are none.
pub(super) fn let_go(app: &mut App) -> bool {
    let any = !app.seeds.is_empty();
    app.seeds.like.clear();
    app.seeds.unlike.clear();
    any
}

/// The list is asked for anew: the neighbours', and that of the search.
fn criteria_changed(app: &mut App) -> Vec<Effect> {
    app.abstract_offset = 0;
    let mut effects = lists::ask_neighbours(app);
    effects.extend(search::ask(app));
    effects
}

/// Another paper is the current one: its neighbours are asked for, unless those of the seeds are shown
/// whatever it is.
pub(super) fn recentre(app: &mut App) -> Vec<Effect> {
    let shown = app.centre() == Some(Centre::Seeds) && app.neighbours.of == Some(Centre::Seeds);
    if shown && !app.seeds.like.is_empty() { Vec::new() } else { lists::ask_neighbours(app) }
}
