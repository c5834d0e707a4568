//! The papers closest to the current one.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::pane_title;
use super::library::{draw_row, draw_typed, paper_line, split_title};
use crate::app::action::Action;
use crate::app::effect::TOP;
use crate::app::scroll::Scroll;
use crate::app::state::{App, Mode, Pane, Prompt, View};
use crate::library::paper::PaperId;
use crate::similarity::rank::{Basis, Join, Neighbour, Ranking};
use crate::ui::text;
use crate::ui::theme::Theme;

/// Columns of a score bar.
const BAR: usize = 10;
/// Columns of the places in the rankings by vectors and by words.
const RANKS: usize = 13;
/// Columns of the seed that brought a paper.
const SEED: usize = 15;
/// Columns of a list from which the places have room, and from which the seed has.
const ROOM: usize = 90;
const SEED_ROOM: usize = 56;

pub(in crate::ui) fn draw(frame: &mut Frame<'_>, area: Rect, app: &App, theme: &Theme) {
    let [title, list] = split_title(area);
    let active = app.pane == Pane::Neighbours;
    draw_title(frame, title, app, theme);
    let items = app.shown_neighbours();
    if items.is_empty() {
        if let Some(hint) = hint(app) {
            let hint = text::fit(&hint, usize::from(list.width).saturating_sub(2));
            frame.render_widget(Line::styled(format!("  {hint}"), theme.dim), list);
        }
        return;
    }
    draw_ranked(frame, list, app, (items, app.neighbours.scroll), active, theme);
}

fn draw_title(frame: &mut Frame<'_>, area: Rect, app: &App, theme: &Theme) {
    let active = app.pane == Pane::Neighbours;
    let filter = &app.neighbours.filter;
    let typing = app.mode == Mode::Prompt(Prompt::Neighbours);
    let name = if active { theme.active } else { theme.dim };
    let width = usize::from(area.width);
    let is_filtered = typing || !filter.value().is_empty();
    let mut right = manner(app, app.shows_seeds());
    let counted = format!("{} · {right}", found(app.shown_neighbours().len()));
    // What is typed and of which paper come before how many that leaves.
    if is_filtered && width >= text::width(&counted) + text::width(filter.value()) + NAMED {
        right = counted;
    }
    let mut left = Line::from(Span::styled("Neighbours", name));
    let room = width.saturating_sub(text::width(&right) + 22);
    let room = if is_filtered { room / 2 } else { room };
    let (joint, of) = if app.shows_seeds() {
        (" ", seeds(app, room))
    } else {
        (" of ", text::fit(app.current_paper().map_or("", |paper| &paper.key), room))
    };
    if !of.is_empty() {
        left.spans.push(Span::styled(joint, theme.dim));
        left.spans.push(Span::styled(of, theme.text));
    }
    if is_filtered {
        left.spans.push(Span::styled(" /", theme.accent));
        let room = width.saturating_sub(left.width() + text::width(&right) + 8).max(8);
        draw_typed(frame, area, &mut left, (filter, room), typing, theme);
    }
    pane_title(frame, area, left, &right, theme);
}

/// How many papers a filter leaves; of the closest, which are all that is listed.
fn found(number: usize) -> String {
    if number < TOP { format!("{number} found") } else { format!("{number} or more found") }
}

/// Columns that name the list and its paper.
const NAMED: usize = 44;

/// `like a, b · not c`, in so many columns.
fn seeds(app: &App, room: usize) -> String {
    let keys = |ids: &[PaperId]| -> Vec<&str> {
        let papers = ids.iter().filter_map(|&id| app.snapshot.by_id(id));
        papers.map(|paper| app.snapshot.papers()[paper].key.as_str()).collect()
    };
    let here = app.current_paper().map(|paper| paper.id);
    let of_here = app.seeds.like.is_empty().then(|| here.into_iter().collect::<Vec<_>>());
    let like = keys(of_here.as_deref().unwrap_or(&app.seeds.like));
    let unlike = keys(&app.seeds.unlike);
    let told = |keys: &[&str], most: usize| match keys {
        keys if most == 0 && keys.len() > 1 => format!("{} papers", keys.len()),
        keys => {
            let short: Vec<String> = keys.iter().map(|key| text::fit(key, most.max(8))).collect();
            short.join(", ")
        }
    };
    let whole = |most| {
        let not = if unlike.is_empty() { "" } else { " · not " };
        format!("like {}{not}{}", told(&like, most), told(&unlike, most))
    };
    // In full, or each key cut short, or only how many.
    let all = [usize::MAX, 14, 10, 0].map(whole);
    let fitting = all.iter().find(|told| text::width(told) <= room);
    fitting.cloned().unwrap_or_else(|| text::fit(&all[3], room))
}

/// What a ranked list keeps to: how seeds are joined, what is left out, what closeness rests on.
pub(super) fn manner(app: &App, of_seeds: bool) -> String {
    let ranking = match app.ranking {
        Ranking::Hybrid if !app.has_vectors() => "words",
        Ranking::Hybrid => "vectors + words",
        Ranking::Dense => "vectors",
        Ranking::Lexical => "words",
    };
    let join = match app.seeds.join {
        Join::Best => "best three",
        Join::All => "all",
        Join::Any => "any",
    };
    let parts = [
        (of_seeds && app.seeds.like.len() > 1, join),
        (app.diverse, "diverse"),
        (app.hide_read, "read hidden"),
        (true, ranking),
    ];
    let parts: Vec<&str> = parts.into_iter().filter(|part| part.0).map(|part| part.1).collect();
    parts.join(" · ")
}

/// The rows of a ranked list.
pub(super) fn draw_ranked(
    frame: &mut Frame<'_>,
    list: Rect,
    app: &App,
    (items, scroll): (&[Neighbour], Scroll),
    active: bool,
    theme: &Theme,
) {
    let width = usize::from(list.width);
    let several = app.view != View::Search && app.shows_seeds() && app.seeds.like.len() > 1;
    let seed_room = if several && width >= SEED_ROOM { SEED } else { 0 };
    let ranks_room = if app.has_vectors() && width >= ROOM + seed_room { RANKS } else { 0 };
    let columns = width.saturating_sub(2 + 4 + BAR + 1 + seed_room + ranks_room);
    let fractions = Fractions::new(items.iter().map(|item| item.score));
    let rows = items.iter().enumerate().skip(scroll.offset).zip(list.rows());
    for ((row, item), area) in rows {
        let paper = &app.snapshot.papers()[item.paper];
        let mut line = paper_line(app, paper, columns, theme);
        if app.ranking == Ranking::Hybrid && app.has_vectors() {
            let badge = match item.basis {
                Basis::Full => "  ",
                Basis::TitleOnly => " t",
                Basis::WordsOnly => " w",
                Basis::TitleWordsOnly => "tw",
            };
            if let Some(span) = line.spans.last_mut() {
                span.content = badge.into();
            }
        }
        line.spans.insert(0, Span::styled(format!("{:>3} ", row + 1), theme.dim));
        line.spans.insert(
            1,
            Span::styled(theme.symbols.bar(fractions.of(item.score), BAR), theme.accent),
        );
        line.spans.insert(2, Span::raw(" "));
        if ranks_room > 0 {
            let rank = |rank: Option<usize>| {
                rank.map_or_else(|| theme.symbols.none.to_string(), |r| r.to_string())
            };
            let ranks = format!("v{:>4} w{:>4}", rank(item.dense_rank), rank(item.lexical_rank));
            line.spans
                .push(Span::styled(format!("  {}", text::fill(&ranks, RANKS - 2)), theme.dim));
        }
        if seed_room > 0 {
            let key = item.seed.map_or("", |seed| &app.snapshot.papers()[seed].key);
            line.spans.push(Span::styled(format!(" {}", text::fill(key, SEED - 1)), theme.dim));
        }
        draw_row(frame, area, line, row == scroll.cursor, active, theme);
    }
}

/// Scores have no natural zero (a distance, a z-score), so a bar shows where one lies between the
/// best of the list, a full bar, and the worst, a tenth of one.
pub(super) struct Fractions {
    best: f32,
    worst: f32,
}

impl Fractions {
    pub(super) fn new(scores: impl Iterator<Item = f32>) -> Self {
        let ends = (f32::MIN, f32::MAX);
        let (best, worst) =
            scores.fold(ends, |(best, worst), score| (best.max(score), worst.min(score)));
        Self { best, worst }
    }

    pub(super) fn of(&self, score: f32) -> f64 {
        if self.best <= self.worst {
            return 1.0;
        }
        0.1 + 0.9 * f64::from((score - self.worst) / (self.best - self.worst))
    }
}

/// What to say where there are no neighbours to show; nothing in the blink before they come.
fn hint(app: &App) -> Option<String> {
    app.current?;
    if app.lexical.is_none() {
        return Some("indexing the words …".to_owned());
    }
    if app.neighbours.of != app.centre() {
        return None;
    }
    let key = |action| app.keymap.shown(action);
    if !app.neighbours.filter.value().is_empty() {
        let clear = key(Action::Clear);
        return Some(format!("No neighbour matches the filter. {clear} clears it."));
    }
    if app.shows_seeds() {
        let (more, clear) = (key(Action::MoreLike), key(Action::Clear));
        return Some(match app.wish() {
            Some(wish) if wish.seeds.like.is_empty() => {
                format!("{more} on a paper tells what you want more of. {clear} lets go.")
            }
            _ => format!("Nothing is like these papers. {clear} lets them go."),
        });
    }
    Some(match app.ranking {
        Ranking::Dense => "This paper has no vector yet.".to_owned(),
        _ if app.hide_read => format!(
            "Nothing that is not read yet is close. {} shows what is read.",
            key(Action::HideRead)
        ),
        Ranking::Hybrid | Ranking::Lexical => {
            "No other paper shares a word with this one.".to_owned()
        }
    })
}
