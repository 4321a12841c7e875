//! Converts arguments as PHP's own functions do, and words errors like php-src.

use std::borrow::Cow;
use std::fmt;

use event_stream::{EventId, EventType, Retry};
use ext_php_rs::convert::{FromZval, StubLiteral};
use ext_php_rs::flags::DataType;
use ext_php_rs::types::Zval;

use super::fault::Fault;
use crate::zend::coercion;
use crate::zend::engine::guarded;
use crate::zend::value::is_stringable;

/// The method, number and name of an argument, for messages; number 0 is a property of the object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Argument(pub(super) &'static str, pub(super) u32, pub(super) &'static str);

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self(method, 0, property) => write!(f, "{method}(): Property ${property}"),
            Self(method, number, name) => write!(f, "{method}(): Argument #{number} (${name})"),
        }
    }
}

impl Argument {
    /// Makes a `ValueError` about this argument.
    pub(super) fn value_error(self, problem: impl fmt::Display) -> Fault {
        Fault::value_error(format!("{self} {problem}"))
    }

    /// Makes a `TypeError` about this argument.
    pub(super) fn type_error(self, expected: &str, given: &Zval) -> Fault {
        Fault::type_error(format!("{self} must be {expected}, {} given", type_name(given)))
    }
}

/// Returns the name of a value's type, as php-src's errors have it: `zend_zval_type_name()`, since PHP 8.3
/// `zend_zval_value_name()`.
pub(super) fn type_name(value: &Zval) -> String {
    match value.dereference() {
        value if value.is_null() => "null".into(),
        value if value.is_bool() && !cfg!(php83) => "bool".into(),
        value if value.is_true() => "true".into(),
        value if value.is_false() => "false".into(),
        value if value.is_long() => "int".into(),
        value if value.is_double() => "float".into(),
        value if value.is_string() => "string".into(),
        value if value.is_array() => "array".into(),
        value if value.is_resource() => "resource".into(),
        value => {
            let class = value.object().and_then(|object| object.get_class_name().ok());
            // The name of an anonymous class continues behind a NUL with the file and line of its declaration.
            class.unwrap_or_default().split('\0').next().unwrap_or_default().to_owned()
        }
    }
}

/// An argument that has a default other than null.
pub(super) enum WithDefault<'a, D> {
    /// The script passed it.
    Passed(&'a Zval),
    /// The script left it out.
    Default(D),
}

/// The declared type of an argument with such a default.
pub(super) trait Declared {
    /// The type that reflection shows.
    const TYPE: DataType;
}

impl Declared for f64 {
    const TYPE: DataType = DataType::Double;
}

impl Declared for i64 {
    const TYPE: DataType = DataType::Long;
}

impl Declared for bool {
    const TYPE: DataType = DataType::Bool;
}

impl Declared for &str {
    const TYPE: DataType = DataType::String;
}

impl<'a, D: Declared> FromZval<'a> for WithDefault<'a, D> {
    const TYPE: DataType = D::TYPE;
    // An explicit null reaches the method, which refuses it in PHP's words.
    const NULLABLE: bool = true;

    fn from_zval(value: &'a Zval) -> Option<Self> {
        Some(Self::Passed(value))
    }
}

impl<D> From<D> for WithDefault<'_, D> {
    fn from(default: D) -> Self {
        Self::Default(default)
    }
}

impl<D: StubLiteral> StubLiteral for WithDefault<'_, D> {
    fn stub_literal(&self) -> String {
        match self {
            Self::Passed(_) => String::new(),
            Self::Default(default) => default.stub_literal(),
        }
    }
}

/// Makes an argument type that takes any value, but that reflection shows as another.
macro_rules! declared_as {
    ($($(#[$doc:meta])* $name:ident: $type:expr;)*) => {$(
        $(#[$doc])*
        pub(super) struct $name<'a>(pub(super) &'a Zval);

        impl<'a> FromZval<'a> for $name<'a> {
            const TYPE: DataType = $type;

            fn from_zval(value: &'a Zval) -> Option<Self> {
                Some(Self(value))
            }
        }
    )*};
}

declared_as! {
    /// An argument declared `float`.
    Float: DataType::Double;
    /// An argument declared `int`.
    Int: DataType::Long;
    /// An argument declared `string`.
    Text: DataType::String;
    /// An argument declared `array`.
    List: DataType::Array;
    /// An argument declared `iterable`.
    Iterable: DataType::Iterable;
    /// An argument declared `callable`.
    Callback: DataType::Callable;
}

/// Returns the value of a nullable argument, unless it was left out or is null.
pub(super) fn given(argument: Option<&Zval>) -> Option<&Zval> {
    argument.filter(|value| !value.is_null())
}

/// Converts to `float`, a number of seconds for example.
pub(super) fn float(value: &Zval, at: Argument, expected: &str) -> Result<f64, Fault> {
    coerced(coercion::float(value, at.1)?, value, at, expected)
}

/// Converts to `int`.
pub(super) fn int(value: &Zval, at: Argument, expected: &str) -> Result<i64, Fault> {
    coerced(coercion::int(value, at.1)?, value, at, expected)
}

/// Converts to `bool`.
pub(super) fn bool(value: &Zval, at: Argument, expected: &str) -> Result<bool, Fault> {
    coerced(coercion::bool(value, at.1)?, value, at, expected)
}

/// Converts to `string`, as bytes.
pub(super) fn bytes<'a>(
    value: &'a Zval,
    at: Argument,
    expected: &str,
) -> Result<Cow<'a, [u8]>, Fault> {
    if let Some(string) = value.zend_str() {
        return Ok(Cow::Borrowed(string.as_bytes()));
    }
    let string = coerced(coercion::string(value, at.1)?, value, at, expected)?;
    Ok(Cow::Owned(string.zend_str().map_or_else(Vec::new, |it| it.as_bytes().to_vec())))
}

/// Returns the converted value, or the error if the engine has not converted it.
fn coerced<T>(made: Option<T>, value: &Zval, at: Argument, expected: &str) -> Result<T, Fault> {
    // An exception of an error handler comes first, whatever the result.
    Fault::if_pending()?;
    made.ok_or_else(|| at.type_error(expected, value))
}

/// Converts a value to text as PHP would, but without deprecations; `None` if PHP would refuse.
pub(super) fn text(value: &Zval) -> Result<Option<Cow<'_, [u8]>>, Fault> {
    if let Some(string) = value.zend_str() {
        return Ok(Some(Cow::Borrowed(string.as_bytes())));
    }
    if let Some(object) = value.object().filter(|object| is_stringable(object)) {
        let text = guarded(|| object.try_call_method("__toString", vec![]).ok())?;
        Fault::if_pending()?;
        let text = text.as_ref().and_then(Zval::zend_str);
        return Ok(text.map(|text| Cow::Owned(text.as_bytes().to_vec())));
    }
    let text = if value.is_scalar() { value.coerce_to_string() } else { None };
    Ok(text.map(|text| Cow::Owned(text.into_bytes())))
}

/// Converts to `string|int`, as bytes.
pub(super) fn bytes_or_int(value: &Zval, at: Argument) -> Result<Cow<'_, [u8]>, Fault> {
    if let Some(string) = value.zend_str() {
        return Ok(Cow::Borrowed(string.as_bytes()));
    }
    let digits = |number: i64| Cow::Owned(number.to_string().into_bytes());
    if let Some(number) = value.long() {
        return Ok(digits(number));
    }
    let made = coercion::string_or_int(value, at.1)?;
    let made = coerced(made, value, at, "of type string|int|null")?;
    Ok(match made.long() {
        Some(number) => digits(number),
        None => Cow::Owned(made.zend_str().map_or_else(Vec::new, |it| it.as_bytes().to_vec())),
    })
}

/// The problem with an event type that is reserved for events about the stream itself.
pub(super) const RESERVED: &str = r#"must not begin with "sse:", which is reserved"#;

/// Checks an event type.
pub(super) fn event_type(bytes: &[u8], at: Argument) -> Result<EventType<'_>, Fault> {
    let event = EventType::new(bytes).map_err(|error| at.value_error(error))?;
    if event.is_reserved() { Err(at.value_error(RESERVED)) } else { Ok(event) }
}

/// Checks an event id.
pub(super) fn event_id(bytes: &[u8], at: Argument) -> Result<EventId<'_>, Fault> {
    EventId::new(bytes).map_err(|error| at.value_error(error))
}

/// Checks a reconnection time in milliseconds.
pub(super) fn retry(milliseconds: i64, at: Argument) -> Result<Retry, Fault> {
    u64::try_from(milliseconds)
        .map(Retry::from_millis)
        .map_err(|_| at.value_error("must be greater than or equal to 0"))
}
