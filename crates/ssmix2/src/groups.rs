//! Groups of segments, tolerant of their order.

use crate::reading::is_named;
use hl7v2::Segment;
use model::limits::FACT_LIST_ENTRIES;

/// An order and what belongs to it: from one ORC to the next.
#[derive(Debug, Default)]
pub(crate) struct OrderGroup<'a> {
    pub(crate) orc: Option<Segment<'a>>,
    pub(crate) members: Vec<Segment<'a>>,
}

impl<'a> OrderGroup<'a> {
    /// Its segments of a name.
    pub(crate) fn named(&self, name: &'static str) -> impl Iterator<Item = Segment<'a>> + '_ {
        self.members.iter().copied().filter(move |segment| is_named(segment, name))
    }

    /// The first of a name.
    pub(crate) fn first(&self, name: &'static str) -> Option<Segment<'a>> {
        self.named(name).next()
    }
}

/// Splits into orders: each ORC begins one. Where there is no ORC at all, each segment of
/// `starter` does. What stands before the first is the message's head and in no group.
pub(crate) fn orders<'a>(segments: &[Segment<'a>], starter: &str) -> Vec<OrderGroup<'a>> {
    let has_orc = segments.iter().any(|segment| is_named(segment, "ORC"));
    let mut groups: Vec<OrderGroup<'a>> = Vec::new();
    for segment in segments {
        match segment.name() {
            "ORC" => groups.push(OrderGroup { orc: Some(*segment), members: Vec::new() }),
            name => {
                if !has_orc && name == starter {
                    groups.push(OrderGroup::default());
                }
                if let Some(group) = groups.last_mut() {
                    group.members.push(*segment);
                }
            }
        }
    }
    groups
}

/// Results of one request on one specimen.
#[derive(Debug, Clone, Default)]
pub(crate) struct ResultGroup<'a> {
    pub(crate) spm: Option<Segment<'a>>,
    pub(crate) orc: Option<Segment<'a>>,
    /// The nearest ORC before it, where the group has none of its own.
    pub(crate) inherited_orc: Option<Segment<'a>>,
    pub(crate) obr: Option<Segment<'a>>,
    /// OBX, NTE and whatever else follows, in order.
    pub(crate) rows: Vec<Segment<'a>>,
}

impl<'a> ResultGroup<'a> {
    /// Its own ORC, else the nearest before it: for what an order says of all its requests.
    pub(crate) fn any_orc(&self) -> Option<Segment<'a>> {
        self.orc.or(self.inherited_orc)
    }

    fn is_empty(&self) -> bool {
        self.orc.is_none() && self.obr.is_none() && self.rows.is_empty()
    }
}

/// Splits into result groups. Both orders are legal in the field: SPM, OBR, ORC, OBX (the
/// guideline's) and SPM, ORC, OBR, OBX; SPM may also close a group (ORU^R01 of HL7 2.5.1).
pub(crate) fn results<'a>(segments: &[Segment<'a>]) -> Vec<ResultGroup<'a>> {
    let first = |name: &str| segments.iter().position(|segment| is_named(segment, name));
    let later = |one: Option<usize>, other: Option<usize>| match (one, other) {
        (Some(one), Some(other)) => one > other,
        _ => false,
    };
    let mut splitter = Splitter {
        orc_leads: later(first("OBR"), first("ORC")),
        spm_trails: later(first("SPM"), first("OBR")),
        groups: Vec::new(),
        open: ResultGroup::default(),
        last_orc: None,
        notes: Default::default(),
    };
    for segment in segments {
        splitter.take(*segment);
    }
    splitter.close();
    splitter.groups
}

struct Splitter<'a> {
    orc_leads: bool,
    spm_trails: bool,
    groups: Vec<ResultGroup<'a>>,
    open: ResultGroup<'a>,
    last_orc: Option<Segment<'a>>,
    /// Comments on the whole message, and on the present specimen.
    notes: [Vec<Segment<'a>>; 2],
}

impl<'a> Splitter<'a> {
    fn take(&mut self, segment: Segment<'a>) {
        match segment.name() {
            "MSH" | "EVN" | "PID" | "PV1" | "PV2" | "NK1" | "AL1" | "PD1" => {}
            "SPM" if self.spm_trails => self.open.spm = Some(segment),
            "SPM" => {
                self.close();
                self.notes[1].clear();
                self.open = ResultGroup { spm: Some(segment), ..ResultGroup::default() };
            }
            "ORC" => {
                if self.orc_leads || self.open.orc.is_some() {
                    self.close();
                }
                self.last_orc = Some(segment);
                self.open.orc = Some(segment);
            }
            "OBR" => {
                let orc = self.open.orc.filter(|_| self.orc_leads);
                if self.open.obr.is_some() || !self.orc_leads {
                    self.close();
                }
                self.open.orc = orc;
                self.open.obr = Some(segment);
            }
            "NTE" if self.open.is_empty() => {
                let notes = &mut self.notes[usize::from(self.open.spm.is_some())];
                if notes.len() < FACT_LIST_ENTRIES as usize {
                    notes.push(segment);
                }
            }
            _ => self.open.rows.push(segment),
        }
    }

    /// Ends the open group; the next one is of the same specimen.
    fn close(&mut self) {
        let spm = self.open.spm.filter(|_| !self.spm_trails);
        let mut group = std::mem::take(&mut self.open);
        self.open.spm = spm;
        if !group.is_empty() {
            group.inherited_orc = self.last_orc;
            group.rows.splice(0..0, self.notes.iter().flatten().copied());
            self.groups.push(group);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hl7v2::Message;

    /// Each group as `SPM/ORC/OBR:rows`, by the segments' first fields.
    fn split(lines: &str) -> Vec<String> {
        let message = Message::parse(format!("MSH|^~\\&|\rPID|x\r{lines}").as_bytes()).unwrap();
        let segments: Vec<_> = message.segments().collect();
        let id = |segment: Option<Segment<'_>>| {
            segment.map_or("-".to_owned(), |segment| segment.field(1).raw().to_owned())
        };
        results(&segments)
            .into_iter()
            .map(|group| {
                let rows: Vec<_> = group.rows.iter().map(|row| row.field(1).raw()).collect();
                let (spm, orc, obr) = (id(group.spm), id(group.orc), id(group.obr));
                format!("{spm}/{orc}/{obr}:{}", rows.join(","))
            })
            .collect()
    }

    #[test]
    fn request_before_order_and_order_before_request_are_the_same() {
        let guideline = "SPM|s\rOBR|a\rORC|A\rOBX|1\rOBX|2\rOBR|b\rORC|B\rOBX|3\r";
        let other = "SPM|s\rORC|A\rOBR|a\rOBX|1\rOBX|2\rORC|B\rOBR|b\rOBX|3\r";
        assert_eq!(split(guideline), ["s/A/a:1,2", "s/B/b:3"]);
        assert_eq!(split(other), split(guideline));
    }

    #[test]
    fn an_order_may_lead_several_requests() {
        assert_eq!(
            split("SPM|s\rORC|A\rOBR|a\rOBX|1\rOBR|b\rOBX|2\rSPM|t\rORC|B\rOBR|c\rOBX|3\r"),
            ["s/A/a:1", "s/A/b:2", "t/B/c:3"]
        );
    }

    #[test]
    fn requests_without_order_and_rows_without_request_stay() {
        assert_eq!(split("SPM|s\rOBR|a\rOBX|1\rOBR|b\rOBX|2\r"), ["s/-/a:1", "s/-/b:2"]);
        assert_eq!(split("SPM|s\rORC|A\rOBX|1\r"), ["s/A/-:1"]);
        assert_eq!(split("OBX|1\r"), ["-/-/-:1"]);
    }

    #[test]
    fn comments_on_a_specimen_lead_the_rows_of_each_of_its_requests() {
        assert_eq!(
            split("NTE|m\rSPM|s\rNTE|n\rOBR|a\rOBX|1\rOBR|b\rOBX|2\rSPM|t\rOBR|c\rOBX|3\r"),
            ["s/-/a:m,n,1", "s/-/b:m,n,2", "t/-/c:m,3"]
        );
    }

    #[test]
    fn a_trailing_specimen_belongs_to_what_came_before() {
        assert_eq!(
            split("ORC|A\rOBR|a\rOBX|1\rSPM|s\rORC|B\rOBR|b\rOBX|2\rSPM|t\r"),
            ["s/A/a:1", "t/B/b:2"]
        );
    }
}
