"""Failures of the machine and its software: ports, disks, libraries, compilers, drivers."""

from __future__ import annotations

from qwen_launcher.enginelog.rule import BetterFlag, Rule, rule

INSTALL_AGAIN = "remove the engine's environment and install it again (`qwen-launcher pull`)"
OTHER_MACHINE = "use a vLLM on another machine (backend.baseUrl of qwen-lsp)"
UPDATE_DRIVER = "update the NVIDIA driver"
ONE_GPU = BetterFlag("--tensor-parallel-size", lambda _figures: "1")

RULES: tuple[Rule, ...] = (
    # CPython, by way of vllm/entrypoints/launchers/launcher.py, create_server_socket
    rule(
        "port-in-use",
        r"\[Errno 98\]|Address already in use",
        why="another program uses the port",
        remedy="leave --port out, so that a free one is taken",
    ),
    rule(
        "port-not-allowed",
        r"\[Errno 13\] (?:Permission denied(?!:)|error while attempting to bind)",
        why="the port may not be used by this user",
        remedy="leave --port out, so that a free one is taken",
    ),
    # errno.h, in whatever way it is printed
    rule(
        "shared-memory-full",
        r"(?:\[Errno 28\] )?No space left on device[^\n]*/dev/shm|/dev/shm[^\n]*No space left on device",
        r"NCCL error[\s\S]{0,600}?Error while creating shared memory segment",
        r"insufficient shared memory",
        why="the shared memory of this machine or container (/dev/shm) is full",
        remedy="give it more (in a container: --shm-size=2g), or remove what fills it",
    ),
    rule(
        "disk-full",
        r"\[Errno (?:28|122)\] [^\n]*|No space left on device[^\n]*|os error 28",
        why="the disk is full",
        remedy="free some space: `qwen-launcher` keeps engines and models below ~/.local/share/qwen-lsp",
    ),
    rule(
        "read-only-disk",
        r"\[Errno 30\] Read-only file system: '(?P<file>[^']*)'",
        why="the engine must write to {file}, which is on a disk that cannot be written to",
        remedy="set XDG_CACHE_HOME and TMPDIR to folders that can be written to",
    ),
    rule(
        "permission-denied",
        r"\[Errno (?:13|1)\] (?:Permission denied|Operation not permitted): '(?P<file>[^']*)'",
        r"PermissionError at (?P<cache>\S+) when downloading",
        why="the engine may not use {file}",
        remedy="give yourself the right to it (`chown`), or remove it if it is a cache",
    ),
    rule(
        "too-many-files",
        r"\[Errno 24\] Too many open files|Too many open files",
        why="the engine may not open as many files as it needs",
        remedy="raise the limit: `ulimit -n 65535` before the start",
    ),
    rule(
        "too-many-processes",
        r"can't start new thread|\[Errno 11\] Resource temporarily unavailable|pthread_create failed",
        why="the engine may not start as many processes and threads as it needs",
        remedy="raise the limit: `ulimit -u` before the start, or the container's limit of processes",
    ),
    # the shell's exit status for a command that is not there; vllm/utils/cpu_resource_utils.py asks lscpu
    rule(
        "program-missing",
        r"Command '(?P<program>\S+) [^']*' returned non-zero exit status 127",
        why="the engine needs the program {program}, which is missing on this machine",
        remedy="install it with the system's packages (lscpu: `apt install util-linux`), or correct PATH",
    ),
    # torch/_inductor/exc.py, InvalidCxxCompiler; torch/_inductor/cpp_builder.py; triton/runtime/build.py
    rule(
        "no-compiler",
        r"No working C\+\+ compiler found|InvalidCxxCompiler|Compiler: \S+ is not found",
        r"Failed to find C(?:\+\+)? compiler",
        r"No such file or directory: '(?:g\+\+|gcc|cc|c\+\+|clang\+\+)'",
        why="the engine compiles the model for this machine and found no C++ compiler",
        remedy="install one (Debian: `apt install g++`), or set CXX to the one you have",
    ),
    rule(
        "no-python-headers",
        r"fatal error: (?P<file>Python\.h): No such file",
        why="the C++ compiler does not find {file}",
        remedy="install Python's headers (Debian: `apt install python3-dev`)",
    ),
    # torch/utils/cpp_extension.py; flashinfer's just-in-time compilation
    rule(
        "no-cuda-compiler",
        r"Could not find nvcc|CUDA_HOME environment variable is not set|nvcc: not found",
        r"No such file or directory: '[^']*nvcc'",
        why="a kernel must be compiled for this GPU and CUDA's compiler nvcc is missing",
        remedy="install the CUDA toolkit of the engine's CUDA version, or set CUDA_HOME",
    ),
    # PyTorch, c10/cuda/CUDAFunctions.cpp
    rule(
        "driver-too-old",
        r"The NVIDIA driver on your system is too old \(found version (?P<major>\d+)0(?P<minor>\d)0\)",
        why="the NVIDIA driver, which knows CUDA up to {major}.{minor}, is too old for the engine",
        remedy=UPDATE_DRIVER,
    ),
    rule(
        "driver-too-old",
        r"CUDA driver version is insufficient for CUDA runtime version|NVIDIA driver on your system is too old",
        r"provided PTX was compiled with an unsupported toolchain",
        why="the NVIDIA driver is too old for the engine's CUDA version",
        remedy=UPDATE_DRIVER,
    ),
    rule(
        "no-gpu",
        r"Found no NVIDIA driver|No CUDA GPUs are available|no CUDA-capable device is detected",
        r"Failed to infer device type|NVML Shared Library Not Found",
        why="the engine found no GPU that it can use",
        remedy="check the driver with `nvidia-smi`, and CUDA_VISIBLE_DEVICES",
    ),
    rule(
        "gpu-too-old",
        r"no kernel image is available for execution on the device",
        why="the engine was not compiled for GPUs of this age",
        remedy=OTHER_MACHINE,
    ),
    # NCCL, by way of torch/distributed or vllm/distributed/device_communicators/pynccl_wrapper.py
    rule(
        "gpus-cannot-talk",
        r"NCCL error[^\n]*?: (?P<error>[^\n]*)|ncclSystemError|ncclUnhandledCudaError",
        why="the GPUs could not be made to exchange data (NCCL)",
        remedy="start with one GPU (`--tensor-parallel-size 1`), or see what NCCL_DEBUG=INFO says",
        better_flag=ONE_GPU,
        flagged_remedy="start with one GPU (`{flag}`), or see what NCCL_DEBUG=INFO says",
    ),
    rule(
        "driver-mismatch",
        r"Driver/library version mismatch",
        why="the NVIDIA driver was updated and the old one still runs",
        remedy="restart the machine",
    ),
    # dlopen(3)
    rule(
        "library-missing",
        r"(?P<library>lib[\w.+-]+\.so[\w.]*): cannot open shared object file",
        why="the library {library} is missing on this machine",
        remedy="install it with the system's packages (libnuma.so.1: `apt install libnuma1`)",
    ),
    rule(
        "engine-damaged",
        r"No module named '(?P<module>[\w.]+)'",
        why="the engine's environment lacks the module {module}",
        remedy=INSTALL_AGAIN,
    ),
    rule(
        "engine-damaged",
        r"undefined symbol: (?P<symbol>\w+)|operator \S+ does not exist|version `(?P<version>\w+_[\d.]+)' not found",
        r"No package metadata was found for (?P<package>\S+)",
        why="the packages of the engine's environment do not fit together",
        remedy=INSTALL_AGAIN,
    ),
    # glibc's loader and the shell
    rule(
        "cpu-too-old",
        r"\bIllegal instruction\b|UCX library was compiled with \w+ but CPU does not support it",
        why="this processor lacks instructions that the engine uses (AVX2 or AVX-512)",
        remedy=OTHER_MACHINE,
    ),
    # argparse; vllm/utils/argparse_utils.py
    rule(
        "unknown-flag",
        r"error: unrecognized arguments: (?P<flags>[^\n]*)",
        why="this version of the engine does not know {flags}",
        remedy="leave the flag out; it may have another name in this version",
    ),
    rule(
        "bad-flag",
        r"error: argument (?P<flag_name>--[\w-]+)[^:\n]*: (?P<error>[^\n]*)",
        # pydantic, for a value that vLLM checks itself
        r"validation errors? for \w+\n(?P<flag_name2>\w+)\n (?P<error2>Input should [^\[\n]*)",
        why="the engine does not accept the value of {flag_name}: {error}",
        remedy="correct the value",
    ),
)
