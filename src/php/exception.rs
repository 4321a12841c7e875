//! `SseException`, for calls at the wrong moment, and `SseClientGone`, for a client that left.

use ext_php_rs::builders::{ClassBuilder, FunctionBuilder};
use ext_php_rs::class::{ClassEntryInfo, ClassMetadata, ConstructorMeta, RegisteredClass};
use ext_php_rs::convert::IntoZvalDyn;
use ext_php_rs::describe::DocComments;
use ext_php_rs::error::Result;
use ext_php_rs::flags::{ConstantFlags, MethodFlags};
use ext_php_rs::zend::ClassEntry;

use crate::zend::engine::runtime_exception;

/// Declares a class of exceptions. Registered without `#[php_class]`, which would replace the constructor that fills
/// in file, line and trace.
macro_rules! exception {
    ($(#[doc = $doc:literal])* $name:ident, $parent:expr) => {
        $(#[doc = $doc])*
        pub(super) struct $name;

        impl $name {
            /// The class, once it is registered.
            pub(super) fn class() -> &'static ClassEntry {
                Self::get_metadata().ce()
            }

            fn register() -> Result<()> {
                ClassBuilder::new(Self::CLASS_NAME)
                    .extends($parent)
                    .registration(|class, argument_info| {
                        Self::get_metadata().set_ce(class);
                        Self::get_metadata().set_arg_info(argument_info);
                    })
                    .register()
            }
        }

        impl RegisteredClass for $name {
            const CLASS_NAME: &'static str = stringify!($name);
            const BUILDER_MODIFIER: Option<fn(ClassBuilder) -> ClassBuilder> = None;
            const EXTENDS: Option<ClassEntryInfo> = Some($parent);
            const IMPLEMENTS: &'static [ClassEntryInfo] = &[];

            fn get_metadata() -> &'static ClassMetadata<Self> {
                static METADATA: ClassMetadata<$name> = ClassMetadata::new(&[]);
                &METADATA
            }

            fn method_builders() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
                Vec::new()
            }

            fn constructor() -> Option<ConstructorMeta<Self>> {
                None
            }

            fn constants()
            -> &'static [(&'static str, &'static dyn IntoZvalDyn, DocComments, ConstantFlags)] {
                &[]
            }
        }
    };
}

exception! {
    /// `SseException extends RuntimeException`: the moment is wrong.
    SseException, (runtime_exception, "\\RuntimeException")
}

exception! {
    /// `SseClientGone extends SseException`: thrown out of a script that is to be interrupted when its
    /// client leaves (`sse.interrupt`).
    SseClientGone, (SseException::class, "\\SseException")
}

/// Registers the classes. Called at module start-up.
pub(super) fn register() -> Result<()> {
    SseException::register()?;
    SseClientGone::register()
}
