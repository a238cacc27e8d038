//! The grammar of XPath 1.0 without variables and prefixes; what is not known is named.

use super::lex::{Token, tokens};
use anyhow::{Result, bail};

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// Two sides and what stands between them.
    Binary(Box<Expression>, &'static str, Box<Expression>),
    /// A literal.
    Text(String),
    /// A number.
    Number(f64),
    /// A function by its name.
    Call(String, Vec<Expression>),
    /// A path to nodes.
    Path(Path),
}

/// A path.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// From the root of the document instead of the present node.
    pub is_absolute: bool,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// A step of a path.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Which way.
    pub axis: Axis,
    /// Which nodes; `*` any.
    pub name: String,
    /// Which of those.
    pub predicates: Vec<Expression>,
}

/// The way of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// Elements in it.
    Child,
    /// Elements in it and below.
    Descendant,
    /// Itself and what stands below it.
    DescendantOrSelf,
    /// Its attributes.
    Attribute,
    /// What it stands in.
    Parent,
    /// Itself.
    Own,
    /// Its text.
    Text,
}

const AXES: &[(&str, Axis)] = &[
    ("child", Axis::Child),
    ("descendant", Axis::Descendant),
    ("descendant-or-self", Axis::DescendantOrSelf),
    ("attribute", Axis::Attribute),
    ("parent", Axis::Parent),
    ("self", Axis::Own),
];

/// Operators, weakest first; within a row they bind alike.
const OPERATORS: &[&[&str]] = &[&["or"], &["and"], &["=", "!="], &["<", "<=", ">", ">="], &["|"]];

/// How deeply an expression may nest.
const DEPTH_MAX: usize = 64;

/// Reads an expression.
pub fn parse(text: &str) -> Result<Expression> {
    let mut parser = Parser { tokens: tokens(text)?, next: 0, depth: 0 };
    let expression = parser.operators(0)?;
    match parser.peek() {
        None => Ok(expression),
        Some(token) => bail!("XPath: {token:?} is not understood here"),
    }
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn is_sign(&self, sign: &str) -> bool {
        matches!(self.peek(), Some(Token::Sign(found)) if *found == sign)
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = self.is_sign(sign);
        self.next += usize::from(found);
        found
    }

    fn demand(&mut self, sign: &str) -> Result<()> {
        match self.take(sign) {
            true => Ok(()),
            false => bail!("XPath: `{sign}` expected, found {:?}", self.peek()),
        }
    }

    fn operators(&mut self, level: usize) -> Result<Expression> {
        let Some(row) = OPERATORS.get(level) else { return self.primary() };
        let mut left = self.operators(level + 1)?;
        while let Some(operator) = self.operator(row) {
            self.next += 1;
            let right = self.operators(level + 1)?;
            left = Expression::Binary(Box::new(left), operator, Box::new(right));
        }
        Ok(left)
    }

    fn operator(&self, row: &[&'static str]) -> Option<&'static str> {
        let word = match self.peek()? {
            Token::Sign(sign) => sign,
            Token::Name(name) => name.as_str(),
            _ => return None,
        };
        row.iter().copied().find(|operator| *operator == word)
    }

    fn primary(&mut self) -> Result<Expression> {
        match self.peek() {
            Some(Token::Text(text)) => {
                let text = text.clone();
                self.next += 1;
                Ok(Expression::Text(text))
            }
            Some(Token::Number(number)) => {
                let number = *number;
                self.next += 1;
                Ok(Expression::Number(number))
            }
            Some(Token::Sign("(")) => {
                self.next += 1;
                let inner = self.nested()?;
                self.demand(")")?;
                Ok(inner)
            }
            Some(Token::Name(name)) if self.is_call(name) => {
                let name = name.clone();
                self.next += 2;
                Ok(Expression::Call(name, self.arguments()?))
            }
            Some(_) => Ok(Expression::Path(self.path()?)),
            None => bail!("XPath: it ends too early"),
        }
    }

    fn nested(&mut self) -> Result<Expression> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            bail!("XPath: nested too deeply");
        }
        let inner = self.operators(0);
        self.depth -= 1;
        inner
    }

    fn is_call(&self, name: &str) -> bool {
        let opens = matches!(self.tokens.get(self.next + 1), Some(Token::Sign("(")));
        opens && !matches!(name, "text" | "node")
    }

    fn arguments(&mut self) -> Result<Vec<Expression>> {
        let mut arguments = Vec::new();
        while !self.take(")") {
            if !arguments.is_empty() {
                self.demand(",")?;
            }
            arguments.push(self.nested()?);
        }
        Ok(arguments)
    }

    fn path(&mut self) -> Result<Path> {
        let is_absolute = self.is_sign("//") || self.take("/");
        let mut path = Path { is_absolute, steps: Vec::new() };
        if !self.is_sign("//") && self.peek().is_some() {
            path.steps.push(self.step()?);
        }
        loop {
            if self.take("//") {
                path.steps.push(any(Axis::DescendantOrSelf));
            } else if !self.take("/") {
                return Ok(path);
            }
            path.steps.push(self.step()?);
        }
    }

    fn step(&mut self) -> Result<Step> {
        if self.take(".") {
            return Ok(any(Axis::Own));
        }
        if self.take("..") {
            return Ok(any(Axis::Parent));
        }
        let mut axis = Axis::Child;
        if self.take("@") {
            axis = Axis::Attribute;
        } else if let (Some(Token::Name(name)), Some(Token::Sign("::"))) =
            (self.peek(), self.tokens.get(self.next + 1))
        {
            let Some(known) = AXES.iter().find(|(axis, _)| axis == name) else {
                bail!("XPath axis `{name}` is not known");
            };
            axis = known.1;
            self.next += 2;
        }
        let name = match self.peek() {
            Some(Token::Name(name)) => name.clone(),
            Some(Token::Sign("*")) => "*".to_owned(),
            other => bail!("XPath: a name is expected, found {other:?}"),
        };
        self.next += 1;
        let mut step = Step { axis, name, predicates: Vec::new() };
        if self.take("(") {
            self.demand(")")?;
            step.axis = if step.name == "text" { Axis::Text } else { axis };
            step.name = "*".to_owned();
        }
        while self.take("[") {
            step.predicates.push(self.nested()?);
            self.demand("]")?;
        }
        Ok(step)
    }
}

fn any(axis: Axis) -> Step {
    Step { axis, name: "*".to_owned(), predicates: Vec::new() }
}
