//! Finds libfo1_c: below `FO1_PREFIX`, else where pkg-config says, else where the linker looks.

use std::path::PathBuf;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-env-changed=FO1_PREFIX");
    println!("cargo:rerun-if-env-changed=PKG_CONFIG_PATH");
    println!("cargo:rustc-link-lib=dylib=fo1_c");
    for folder in library_folders() {
        let folder = folder.display();
        println!("cargo:rustc-link-search=native={folder}");
        // So that tests and examples run. Programs that use the crate choose for themselves.
        println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
        println!("cargo:lib={folder}"); // DEP_FO1_C_LIB in their build scripts
    }
}

fn library_folders() -> Vec<PathBuf> {
    match std::env::var_os("FO1_PREFIX") {
        Some(prefix) => vec![PathBuf::from(prefix).join("lib")],
        None => folders_of_pkg_config(),
    }
}

/// None for a library in the system's own folders, and where pkg-config does not know it.
fn folders_of_pkg_config() -> Vec<PathBuf> {
    let output = Command::new("pkg-config").args(["--libs-only-L", "fo1_c"]).output();
    let flags = match output {
        Ok(output) if output.status.success() => output.stdout,
        _ => return Vec::new(),
    };
    String::from_utf8_lossy(&flags)
        .split_whitespace()
        .filter_map(|flag| flag.strip_prefix("-L"))
        .map(PathBuf::from)
        .collect()
}
