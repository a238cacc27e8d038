//! The value of an expression at a node.

use super::parse::{Axis, Expression, Path, Step};
use anyhow::{Result, bail};
use roxmltree::Node;

/// A node of XPath: an element (or the root), an attribute, or the text of an element.
#[derive(Debug, Clone, PartialEq)]
pub enum Item<'a> {
    /// Element or root.
    Node(Node<'a, 'a>),
    /// An attribute by its name.
    Attribute(Node<'a, 'a>, &'a str),
    /// A piece of text.
    Text(Node<'a, 'a>),
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Nodes in document order.
    Nodes(Vec<Item<'a>>),
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// A truth.
    Truth(bool),
}

/// Where an expression is evaluated.
#[derive(Debug, Clone)]
pub struct Place<'a> {
    /// The present node.
    pub item: Item<'a>,
    /// Its place among those that are looked at, from 1.
    pub position: usize,
    /// How many those are.
    pub size: usize,
}

impl<'a> Item<'a> {
    fn text(&self) -> String {
        match self {
            Item::Node(node) => node
                .descendants()
                .filter(Node::is_text)
                .filter_map(|text| text.text())
                .collect::<String>(),
            Item::Attribute(node, name) => node.attribute(*name).unwrap_or_default().to_owned(),
            Item::Text(node) => node.text().unwrap_or_default().to_owned(),
        }
    }

    fn name(&self) -> &'a str {
        match self {
            Item::Node(node) => node.tag_name().name(),
            Item::Attribute(_, name) => name,
            Item::Text(_) => "",
        }
    }

    /// Document order; attributes stand behind their element.
    fn order(&self) -> (u32, usize) {
        match self {
            Item::Node(node) | Item::Text(node) => (node.id().get(), 0),
            Item::Attribute(node, name) => {
                let place = node.attributes().position(|attribute| attribute.name() == *name);
                (node.id().get(), place.unwrap_or_default() + 1)
            }
        }
    }
}

impl Value<'_> {
    /// As text: of nodes the first one's.
    pub fn text(&self) -> String {
        match self {
            Value::Nodes(items) => items.first().map(Item::text).unwrap_or_default(),
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Truth(truth) => truth.to_string(),
        }
    }

    fn number(&self) -> f64 {
        match self {
            Value::Number(number) => *number,
            Value::Truth(truth) => f64::from(u8::from(*truth)),
            other => other.text().trim().parse().unwrap_or(f64::NAN),
        }
    }

    /// As a truth: nodes if there are any, texts if not empty, numbers if not zero.
    pub fn truth(&self) -> bool {
        match self {
            Value::Nodes(items) => !items.is_empty(),
            Value::Text(text) => !text.is_empty(),
            Value::Number(number) => *number != 0.0 && !number.is_nan(),
            Value::Truth(truth) => *truth,
        }
    }
}

/// The value of an expression.
pub fn evaluate<'a>(expression: &Expression, place: &Place<'a>) -> Result<Value<'a>> {
    match expression {
        Expression::Text(text) => Ok(Value::Text(text.clone())),
        Expression::Number(number) => Ok(Value::Number(*number)),
        Expression::Path(path) => Ok(Value::Nodes(walk(path, place)?)),
        Expression::Call(name, arguments) => call(name, arguments, place),
        Expression::Binary(left, operator, right) => {
            let left = evaluate(left, place)?;
            // `and` and `or` look at the right side only when it decides.
            match (*operator, left.truth()) {
                ("and", false) => return Ok(Value::Truth(false)),
                ("or", true) => return Ok(Value::Truth(true)),
                _ => {}
            }
            let right = evaluate(right, place)?;
            match (*operator, left, right) {
                ("and" | "or", _, right) => Ok(Value::Truth(right.truth())),
                ("|", Value::Nodes(mut left), Value::Nodes(right)) => {
                    left.extend(right);
                    Ok(Value::Nodes(sorted(left)))
                }
                (operator, left, right) => Ok(Value::Truth(compare(operator, &left, &right)?)),
            }
        }
    }
}

/// A comparison with nodes holds if it holds for any of them (XPath 1.0, 3.4).
fn compare(operator: &str, left: &Value<'_>, right: &Value<'_>) -> Result<bool> {
    let each = |value: &Value<'_>| match value {
        Value::Nodes(items) => items.iter().map(|item| Value::Text(item.text())).collect(),
        other => vec![strip(other)],
    };
    for one in each(left) {
        for other in each(right) {
            if compare_single(operator, &one, &other)? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn strip(value: &Value<'_>) -> Value<'static> {
    match value {
        Value::Number(number) => Value::Number(*number),
        Value::Truth(truth) => Value::Truth(*truth),
        other => Value::Text(other.text()),
    }
}

fn compare_single(operator: &str, left: &Value<'_>, right: &Value<'_>) -> Result<bool> {
    let (one, other) = (left.number(), right.number());
    let equal = match (left, right) {
        (Value::Truth(_), _) | (_, Value::Truth(_)) => left.truth() == right.truth(),
        (Value::Number(_), _) | (_, Value::Number(_)) => one == other,
        _ => left.text() == right.text(),
    };
    Ok(match operator {
        "=" => equal,
        "!=" => !equal,
        "<" => one < other,
        "<=" => one <= other,
        ">" => one > other,
        ">=" => one >= other,
        _ => bail!("XPath operator `{operator}` is not known here"),
    })
}

fn walk<'a>(path: &Path, place: &Place<'a>) -> Result<Vec<Item<'a>>> {
    let mut items = vec![match (&place.item, path.is_absolute) {
        (Item::Node(node) | Item::Attribute(node, _) | Item::Text(node), true) => {
            Item::Node(node.document().root())
        }
        (item, false) => item.clone(),
    }];
    for step in &path.steps {
        let mut found = Vec::new();
        for item in &items {
            let mut candidates = along(step, item);
            for predicate in &step.predicates {
                candidates = chosen(predicate, candidates)?;
            }
            found.extend(candidates);
        }
        items = sorted(found);
    }
    Ok(items)
}

fn along<'a>(step: &Step, item: &Item<'a>) -> Vec<Item<'a>> {
    let Item::Node(node) = item else {
        return match (step.axis, item) {
            (Axis::Own, _) => vec![item.clone()],
            (Axis::Parent, Item::Attribute(node, _)) => vec![Item::Node(*node)],
            (Axis::Parent, Item::Text(node)) => node.parent().map(Item::Node).into_iter().collect(),
            _ => Vec::new(),
        };
    };
    let fits = |item: &Item<'a>| step.name == "*" || item.name() == step.name;
    let elements = |nodes: &mut dyn Iterator<Item = Node<'a, 'a>>| -> Vec<Item<'a>> {
        nodes.filter(Node::is_element).map(Item::Node).filter(fits).collect()
    };
    match step.axis {
        Axis::Child => elements(&mut node.children()),
        Axis::Descendant => elements(&mut node.descendants().skip(1)),
        // The root counts as a node here, so that `//A` finds a root element too.
        Axis::DescendantOrSelf => {
            node.descendants().filter(|one| !one.is_text()).map(Item::Node).filter(fits).collect()
        }
        Axis::Attribute => node
            .attributes()
            .filter(|attribute| attribute.namespace().is_none())
            .map(|attribute| Item::Attribute(*node, attribute.name()))
            .filter(fits)
            .collect(),
        Axis::Parent => node.parent().map(Item::Node).filter(fits).into_iter().collect(),
        Axis::Own => vec![item.clone()].into_iter().filter(fits).collect(),
        Axis::Text => node.children().filter(Node::is_text).map(Item::Text).collect(),
    }
}

fn chosen<'a>(predicate: &Expression, candidates: Vec<Item<'a>>) -> Result<Vec<Item<'a>>> {
    let size = candidates.len();
    let mut kept = Vec::new();
    for (index, item) in candidates.into_iter().enumerate() {
        let position = index + 1;
        let place = Place { item: item.clone(), position, size };
        let keep = match evaluate(predicate, &place)? {
            Value::Number(number) => number == position as f64,
            other => other.truth(),
        };
        if keep {
            kept.push(item);
        }
    }
    Ok(kept)
}

fn sorted(mut items: Vec<Item<'_>>) -> Vec<Item<'_>> {
    items.sort_by_key(Item::order);
    items.dedup();
    items
}

fn call<'a>(name: &str, given: &[Expression], place: &Place<'a>) -> Result<Value<'a>> {
    let own = || Value::Nodes(vec![place.item.clone()]);
    let values = given.iter().map(|one| evaluate(one, place)).collect::<Result<Vec<_>>>()?;
    let text = |index: usize| values.get(index).map_or_else(|| own().text(), Value::text);
    Ok(match (name, values.as_slice()) {
        ("count", [Value::Nodes(items)]) => Value::Number(items.len() as f64),
        ("position", []) => Value::Number(place.position as f64),
        ("last", []) => Value::Number(place.size as f64),
        ("local-name" | "name", []) => Value::Text(place.item.name().to_owned()),
        ("local-name" | "name", [Value::Nodes(items)]) => {
            Value::Text(items.first().map(Item::name).unwrap_or_default().to_owned())
        }
        ("string", [] | [_]) => Value::Text(text(0)),
        ("number", [value]) => Value::Number(value.number()),
        ("boolean", [value]) => Value::Truth(value.truth()),
        ("not", [value]) => Value::Truth(!value.truth()),
        ("true", []) => Value::Truth(true),
        ("false", []) => Value::Truth(false),
        ("contains", [_, _]) => Value::Truth(text(0).contains(&text(1))),
        ("starts-with", [_, _]) => Value::Truth(text(0).starts_with(&text(1))),
        ("concat", [_, _, ..]) => Value::Text(values.iter().map(Value::text).collect()),
        ("string-length", [] | [_]) => Value::Number(text(0).chars().count() as f64),
        ("normalize-space", [] | [_]) => {
            Value::Text(text(0).split_whitespace().collect::<Vec<_>>().join(" "))
        }
        ("translate", [_, _, _]) => Value::Text(translate(&text(0), &text(1), &text(2))),
        ("substring", [_, from]) => Value::Text(substring(&text(0), from.number(), f64::INFINITY)),
        ("substring", [_, from, length]) => {
            Value::Text(substring(&text(0), from.number(), length.number()))
        }
        _ => bail!("XPath function `{name}` with {} arguments is not known", values.len()),
    })
}

/// Characters from `from` on, counted from 1 (XPath 1.0, 4.2).
fn substring(text: &str, from: f64, length: f64) -> String {
    let wanted = |place: f64| place >= from.round() && place < from.round() + length.round();
    let placed = text.chars().enumerate();
    placed.filter(|(index, _)| wanted((index + 1) as f64)).map(|(_, one)| one).collect()
}

fn translate(text: &str, from: &str, to: &str) -> String {
    let to: Vec<_> = to.chars().collect();
    let changed = text.chars().filter_map(|one| match from.chars().position(|old| old == one) {
        Some(place) => to.get(place).copied(),
        None => Some(one),
    });
    changed.collect()
}
