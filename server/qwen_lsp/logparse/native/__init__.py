"""C, C++ and what is built and debugged with the same tools: compilers, linkers, sanitizers, debuggers, CMake."""
