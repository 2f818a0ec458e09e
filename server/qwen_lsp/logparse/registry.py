r"""The families of failure logs that can be read; a new language is one entry here.

A family is a package with two names: ``read_X(lines) -> Reading``, which may go through its lines one by one, and
``MARKS``, which say where in a log it is worth doing so::

    MARKS: Marks = ("panic: ", "\n--- FAIL: ", "goroutine ", Mark(".go:", "[0-9]+:[0-9]+: "))

    Family("go", read_go, MARKS),

A log of 100 MB is searched once for the marks of all families together, at the speed of the machine's memory; a family
sees only the lines around its own marks, 400 before and 1,000 after each. So marks decide what a family costs:

* Every failure that the family can read has a mark within it or near it; the more marks, the better. A mark
  that stands at the beginning of what is printed is best.
* Ordinary output seldom has one. ``" error"``, ``"at "`` and ``".py:"`` alone are in every log; ``"\nerror: "``,
  ``"\n\tat "`` and ``Mark(".py:", "[0-9]+: in ")`` are not. ``tests/unit/logparse/test_marks.py`` fails for a family
  that would read much of an ordinary build log, and for one whose marks miss a case of ``tests/data/logs``.
* Marks are looked for after cleaning (`qwen_lsp.logparse.noise`): without colours, time stamps and prefixes.
"""

from __future__ import annotations

from qwen_lsp.logparse.configuration.scan import MARKS as CONFIGURATION_MARKS
from qwen_lsp.logparse.configuration.scan import read_configuration
from qwen_lsp.logparse.dotnet.scan import MARKS as DOTNET_MARKS
from qwen_lsp.logparse.dotnet.scan import read_dotnet
from qwen_lsp.logparse.family import Family
from qwen_lsp.logparse.generic import MARKS as GENERIC_MARKS
from qwen_lsp.logparse.generic import read_generic, unspoken
from qwen_lsp.logparse.go.scan import MARKS as GO_MARKS
from qwen_lsp.logparse.go.scan import read_go
from qwen_lsp.logparse.javascript.scan import MARKS as JAVASCRIPT_MARKS
from qwen_lsp.logparse.javascript.scan import read_javascript
from qwen_lsp.logparse.jvm.scan import MARKS as JVM_MARKS
from qwen_lsp.logparse.jvm.scan import read_jvm
from qwen_lsp.logparse.lua import MARKS as LUA_MARKS
from qwen_lsp.logparse.lua import read_lua
from qwen_lsp.logparse.native.scan import MARKS as NATIVE_MARKS
from qwen_lsp.logparse.native.scan import read_native
from qwen_lsp.logparse.perl import MARKS as PERL_MARKS
from qwen_lsp.logparse.perl import read_perl
from qwen_lsp.logparse.php.scan import MARKS as PHP_MARKS
from qwen_lsp.logparse.php.scan import read_php
from qwen_lsp.logparse.python.linters import MARKS as PYTHON_TOOLS_MARKS
from qwen_lsp.logparse.python.linters import read_tools
from qwen_lsp.logparse.python.scan import MARKS as PYTHON_MARKS
from qwen_lsp.logparse.python.scan import read_python
from qwen_lsp.logparse.ruby.scan import MARKS as RUBY_MARKS
from qwen_lsp.logparse.ruby.scan import read_ruby
from qwen_lsp.logparse.rust.scan import MARKS as RUST_MARKS
from qwen_lsp.logparse.rust.scan import read_rust
from qwen_lsp.logparse.shell import MARKS as SHELL_MARKS
from qwen_lsp.logparse.shell import read_shell
from qwen_lsp.logparse.sql.scan import MARKS as SQL_MARKS
from qwen_lsp.logparse.sql.scan import read_sql
from qwen_lsp.logparse.swift import MARKS as SWIFT_MARKS
from qwen_lsp.logparse.swift import read_swift

FAMILIES: tuple[Family, ...] = (
    Family("python", read_python, PYTHON_MARKS),
    Family("python tools", read_tools, PYTHON_TOOLS_MARKS),
    Family("javascript", read_javascript, JAVASCRIPT_MARKS),
    Family("sql", read_sql, SQL_MARKS),
    Family("jvm", read_jvm, JVM_MARKS),
    Family("go", read_go, GO_MARKS),
    Family("rust", read_rust, RUST_MARKS),
    Family("native", read_native, NATIVE_MARKS),
    Family("php", read_php, PHP_MARKS),
    Family("ruby", read_ruby, RUBY_MARKS),
    Family("dotnet", read_dotnet, DOTNET_MARKS),
    Family("perl", read_perl, PERL_MARKS),
    Family("lua", read_lua, LUA_MARKS),
    Family("swift", read_swift, SWIFT_MARKS),
    Family("shell", read_shell, SHELL_MARKS),
    Family("configuration", read_configuration, CONFIGURATION_MARKS),
    # The last one: what the others say counts more.
    Family("generic", read_generic, GENERIC_MARKS, beside=unspoken),
)
