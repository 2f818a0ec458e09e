rustc --edition 2021 -o program main.rs && ./program "$@"
