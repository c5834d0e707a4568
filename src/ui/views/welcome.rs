//! The first card over a library: what is happening, and three keys to try.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::status::short_name;
use crate::app::action::Action;
use crate::app::state::{App, ModelState};
use crate::embed::source::DEFAULT_MODEL;
use crate::ui::boxed;
use crate::ui::text::{self, thousands};
use crate::ui::theme::Theme;

/// Longer lines are hard to read.
const LONGEST: usize = 110;

pub(in crate::ui) fn draw(frame: &mut Frame<'_>, body: Rect, app: &App, theme: &Theme) {
    let columns = usize::from(body.width).saturating_sub(4).min(LONGEST);
    let lines = lines(app, columns, theme);
    let height = (lines.len() as u16 + 2).min(body.height);
    // At the foot, so that the lists that it speaks of stay in sight.
    let area = Rect { y: body.bottom() - height, height, ..body };
    let inner = boxed(frame, area, " Welcome ", Some(" any key closes this "), theme);
    for (line, row) in lines.into_iter().zip(inner.rows()) {
        frame.render_widget(line, row);
    }
}

fn lines(app: &App, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let mut say = |content: &str, style: Style| {
        let rows = text::wrap(content, columns).into_iter();
        lines.extend(rows.map(|row| Line::styled(row, style)));
    };
    let papers = app.snapshot.papers();
    let with_abstract = papers.iter().filter(|paper| !paper.title_only()).count();
    let opened = match app.files.as_slice() {
        [file] => file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        [] => "your library".to_owned(),
        files => format!("{} files", files.len()),
    };
    let noun = if papers.len() == 1 { "paper" } else { "papers" };
    say(
        &format!(
            "Opened {opened}: {} {noun}, {} with an abstract. Related papers already work, from the words they \
             share.",
            thousands(papers.len()),
            thousands(with_abstract)
        ),
        theme.text,
    );
    let name = short_name(&app.model_name);
    let model = match &app.model {
        ModelState::Absent if app.asks_for_download() => {
            let size =
                if app.model_name == DEFAULT_MODEL { "a 440 MB download" } else { "a download" };
            format!(
                "{name} reads for meaning and finds more. It is {size}, once, from the model hub; nothing else goes \
                 over the network, and your papers never leave this machine."
            )
        }
        ModelState::Starting | ModelState::Embedding(_) | ModelState::Done => format!(
            "{name} is here and reads every paper in the background; the lists sharpen while you look. Your papers \
             never leave this machine."
        ),
        _ => "Your papers never leave this machine.".to_owned(),
    };
    say(&model, theme.text);
    say("", theme.text);
    lines.push(keys(
        &[
            (app.keymap.shown(Action::Dive), "walk from neighbour to neighbour"),
            (app.keymap.shown(Action::Search), "search"),
            (app.keymap.shown(Action::Help), "all keys"),
        ],
        theme,
    ));
    if app.asks_for_download() {
        let answers = [("d", "download now"), ("l", "later"), ("n", "never ask")];
        lines.push(keys(&answers.map(|(key, what)| (key.to_owned(), what)), theme));
    }
    lines
}

fn keys(keys: &[(String, &str)], theme: &Theme) -> Line<'static> {
    let mut line = Line::default();
    for (key, what) in keys {
        line.spans.push(Span::styled(format!("[{key}]"), theme.accent));
        line.spans.push(Span::styled(format!(" {what}    "), theme.text));
    }
    line
}
