//! `SseException`: the moment is wrong.

use ext_php_rs::builders::{ClassBuilder, FunctionBuilder};
use ext_php_rs::class::{ClassEntryInfo, ClassMetadata, ConstructorMeta, RegisteredClass};
use ext_php_rs::convert::IntoZvalDyn;
use ext_php_rs::describe::DocComments;
use ext_php_rs::error::Result;
use ext_php_rs::flags::{ConstantFlags, MethodFlags};
use ext_php_rs::zend::ClassEntry;

use crate::sapi::engine::runtime_exception;

/// `SseException extends RuntimeException`.
///
/// Registered without `#[php_class]`, which would replace the constructor that fills in file, line
/// and trace.
pub(super) struct SseException;

impl SseException {
    const PARENT: ClassEntryInfo = (runtime_exception, "\\RuntimeException");

    /// The class, once it is registered.
    pub(super) fn class() -> &'static ClassEntry {
        Self::get_metadata().ce()
    }

    /// Registers the class. Called at module start-up.
    pub(super) fn register() -> Result<()> {
        ClassBuilder::new(Self::CLASS_NAME)
            .extends(Self::PARENT)
            .registration(|class, argument_info| {
                Self::get_metadata().set_ce(class);
                Self::get_metadata().set_arg_info(argument_info);
            })
            .register()
    }
}

impl RegisteredClass for SseException {
    const CLASS_NAME: &'static str = "SseException";
    const BUILDER_MODIFIER: Option<fn(ClassBuilder) -> ClassBuilder> = None;
    const EXTENDS: Option<ClassEntryInfo> = Some(Self::PARENT);
    const IMPLEMENTS: &'static [ClassEntryInfo] = &[];

    fn get_metadata() -> &'static ClassMetadata<Self> {
        static METADATA: ClassMetadata<SseException> = ClassMetadata::new(&[]);
        &METADATA
    }

    fn method_builders() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        Vec::new()
    }

    fn constructor() -> Option<ConstructorMeta<Self>> {
        None
    }

    fn constants() -> &'static [(&'static str, &'static dyn IntoZvalDyn, DocComments, ConstantFlags)]
    {
        &[]
    }
}
