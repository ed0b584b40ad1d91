//! What each writer writes, step by step, and what is there after so many of them.
//!
//! Every step is one write at the store's door and leaves a visible trace, so what is there tells how
//! many steps took place; anything else is half a write.

/// Steps in one conversation; then the writer begins the next.
const STEPS: usize = 24;

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Start,
    /// Appends so many messages, with a retry key.
    Append(usize),
    /// Gives a message another content.
    Edit,
    /// Deletes a message and reports that with an event.
    Delete,
    Report,
}

/// One step of one writer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) writer: usize,
    pub(crate) number: usize,
}

/// What a conversation holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Talk {
    pub(crate) id: String,
    pub(crate) messages: Vec<Said>,
    pub(crate) events: usize,
}

/// A message, as far as a step decides it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) html: String,
    pub(crate) deleted: bool,
}

impl Step {
    pub(crate) fn deed(self) -> Deed {
        match self.number % STEPS {
            0 => Deed::Start,
            step => match step % 8 {
                0 => Deed::Report,
                3 => Deed::Append(3),
                5 => Deed::Edit,
                7 => Deed::Delete,
                _ => Deed::Append(1),
            },
        }
    }

    pub(crate) fn conversation(self) -> String {
        format!("c{}-{}", self.writer, self.number / STEPS)
    }

    /// Does the step to the conversation, which is the last of the writer's.
    fn apply(self, talk: &mut Talk) {
        match self.deed() {
            Deed::Start | Deed::Report => talk.events += 1,
            Deed::Append(count) => {
                let first = talk.messages.len();
                talk.messages.extend((first..first + count).map(|place| self.said(place)));
            }
            Deed::Edit => edited(talk).html = format!("<b>{}</b>", self.number),
            Deed::Delete => {
                talk.events += 1;
                let Said { text, html, deleted, .. } = deleted(talk);
                text.clear();
                html.clear();
                *deleted = true;
            }
        }
    }

    /// From short texts to some that reach over pages.
    fn said(self, place: usize) -> Said {
        let padding = "padding ".repeat((self.number * 37 + self.writer) % 11 * 60);
        Said {
            id: format!("m{place}"),
            text: format!("{}.{}.{place} {padding}", self.writer, self.number),
            html: String::new(),
            deleted: false,
        }
    }

    /// The messages that the step appends, or the one that it edits or deletes.
    pub(crate) fn messages(self) -> Vec<Said> {
        let mut talk = talk_before(self);
        let before = talk.messages.len();
        self.apply(&mut talk);
        match self.deed() {
            Deed::Start | Deed::Report => Vec::new(),
            Deed::Append(_) => talk.messages.split_off(before),
            Deed::Edit => vec![edited(&mut talk).clone()],
            Deed::Delete => vec![deleted(&mut talk).clone()],
        }
    }
}

fn edited(talk: &mut Talk) -> &mut Said {
    talk.messages.last_mut().unwrap()
}

fn deleted(talk: &mut Talk) -> &mut Said {
    let last_but_two = talk.messages.len() - 3;
    &mut talk.messages[last_but_two]
}

fn talk_before(step: Step) -> Talk {
    let first = step.number / STEPS * STEPS;
    let mut talk = Talk { id: step.conversation(), messages: Vec::new(), events: 0 };
    for number in first..step.number {
        Step { number, ..step }.apply(&mut talk);
    }
    talk
}

/// The writer's conversations after so many steps.
pub(crate) fn talks_after(writer: usize, steps: usize) -> Vec<Talk> {
    let ends = (STEPS..steps).step_by(STEPS).chain((steps > 0).then_some(steps));
    let talk = |end: usize| {
        let last = Step { writer, number: end - 1 };
        let mut talk = talk_before(last);
        last.apply(&mut talk);
        talk
    };
    ends.map(talk).collect()
}
