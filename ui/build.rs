//! Compiles the screens. Fonts imported in the Slint files are embedded, so that the text looks
//! the same on every box.

use slint_build::{
    CompileError, CompilerConfiguration, DefaultTranslationContext, EmbedResourcesKind,
};

fn main() -> Result<(), CompileError> {
    let configuration = CompilerConfiguration::new()
        .with_style("fluent".into())
        .embed_resources(EmbedResourcesKind::EmbedFiles)
        .with_bundled_translations("translations")
        // The same words are the same words on every page.
        .with_default_translation_context(DefaultTranslationContext::None)
        // Tests find elements by their labels only where the compiler left its notes.
        .with_debug_info(std::env::var("PROFILE").as_deref() == Ok("debug"));
    slint_build::compile_with_config("app.slint", configuration)
}
