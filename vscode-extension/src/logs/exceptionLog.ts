// A stop at an exception in the words of the language's own traceback, which the server reads.
// Shapes: Debug Adapter Protocol, "ExceptionInfo Request" and "StackTrace Request".

export interface ExceptionInfo {
  readonly exceptionId?: string;
  readonly description?: string;
  readonly details?: {
    readonly message?: string;
    readonly typeName?: string;
    readonly stackTrace?: string;
  };
}

export interface StackFrame {
  readonly name: string;
  readonly line: number;
  readonly column?: number;
  readonly source?: { readonly path?: string };
}

/** Return the log; `frames` are newest first, as debug adapters give them. */
export function exceptionLog(info: ExceptionInfo, frames: readonly StackFrame[]): string {
  const name = info.exceptionId ?? info.details?.typeName ?? 'Error';
  const message = info.details?.message ?? info.description ?? '';
  const located = frames.filter((frame) => frame.source?.path !== undefined && frame.line > 0);
  const isPython = located[0]?.source?.path?.endsWith('.py') ?? false;
  // CPython, traceback.py, StackSummary.format; V8, "Stack trace API".
  return isPython ? pythonTraceback(name, message, located) : v8Stack(name, message, located);
}

function pythonTraceback(name: string, message: string, frames: readonly StackFrame[]): string {
  const lines = [...frames].reverse().map((frame) => `  File "${frame.source?.path ?? ''}", line ${frame.line}, in ${frame.name}`);
  return ['Traceback (most recent call last):', ...lines, headline(name, message)].join('\n');
}

function v8Stack(name: string, message: string, frames: readonly StackFrame[]): string {
  const lines = frames.map((frame) => `    at ${frame.name} (${frame.source?.path ?? ''}:${frame.line}:${frame.column ?? 1})`);
  return [headline(name, message), ...lines].join('\n');
}

/** js-debug's description begins with the name; debugpy's message does not. */
function headline(name: string, message: string): string {
  const first = message.split('\n    at ', 1)[0] ?? '';
  if (first === '') {
    return name;
  }
  return first.startsWith(name) ? first : `${name}: ${first}`;
}
