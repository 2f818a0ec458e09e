// As much of VS Code's API as the code under test touches; tests set what a user would see.

type Listener<Value> = (value: Value) => unknown;

export class EventEmitter<Value> {
  private readonly listeners = new Set<Listener<Value>>();
  readonly event = (listener: Listener<Value>): { dispose: () => void } => {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  };

  fire(value: Value): void {
    for (const listener of this.listeners) {
      listener(value);
    }
  }

  dispose(): void {
    this.listeners.clear();
  }
}

export class Uri {
  private constructor(
    readonly scheme: string,
    readonly fsPath: string,
  ) {}

  static file(path: string): Uri {
    return new Uri('file', path);
  }

  toString(): string {
    return `${this.scheme}://${this.fsPath}`;
  }
}

export class CancellationError extends Error {}
export class CodeAction {
  diagnostics: unknown[] = [];
  command: unknown;

  constructor(
    readonly title: string,
    readonly kind: string,
  ) {}
}

export const CodeActionKind = { QuickFix: 'quickfix' };
export const QuickPickItemKind = { Separator: -1, Default: 0 };
export const StatusBarAlignment = { Left: 1, Right: 2 };
export const ProgressLocation = { Notification: 15 };
export const ConfigurationTarget = { Global: 1 };

interface Tracker {
  onDidSendMessage(message: unknown): void;
  onExit(): void;
}

interface StatusBarItem {
  text: string;
  command: string | undefined;
  isShown: boolean;
  show(): void;
  hide(): void;
  dispose(): void;
}

/** What the tests set and see. */
export const fake = {
  clipboard: '',
  /** What a command does; a command that is missing does nothing. */
  commands: new Map<string, () => void | Promise<void>>(),
  executed: [] as string[],
  settings: new Map<string, unknown>(),
  started: new EventEmitter<unknown>(),
  ended: new EventEmitter<unknown>(),
  hasShellIntegration: true,
  trackers: [] as { createDebugAdapterTracker(session: unknown): Tracker }[],
  items: [] as StatusBarItem[],
  answer: undefined as string | undefined,
  messages: [] as string[],
  reset(): void {
    this.clipboard = '';
    this.commands.clear();
    this.executed = [];
    this.settings.clear();
    this.started = new EventEmitter();
    this.ended = new EventEmitter();
    this.hasShellIntegration = true;
    this.trackers = [];
    this.items = [];
    this.answer = undefined;
    this.messages = [];
    window.activeTerminal = undefined;
    window.activeTextEditor = undefined;
    workspace.textDocuments = [];
  },
};

const changedSettings = new EventEmitter<unknown>();

export const env = {
  language: 'en',
  clipboard: {
    readText: (): Promise<string> => Promise.resolve(fake.clipboard),
    writeText: (text: string): Promise<void> => {
      fake.clipboard = text;
      return Promise.resolve();
    },
  },
};

export const commands = {
  executeCommand: async (name: string): Promise<void> => {
    fake.executed.push(name);
    await fake.commands.get(name)?.();
  },
};

export const l10n = {
  t: (message: string, ...values: unknown[]): string => message.replace(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)])),
};

export const window = {
  activeTerminal: undefined as unknown,
  activeTextEditor: undefined as unknown,
  get onDidStartTerminalShellExecution(): unknown {
    return fake.hasShellIntegration ? fake.started.event : undefined;
  },
  get onDidEndTerminalShellExecution(): unknown {
    return fake.hasShellIntegration ? fake.ended.event : undefined;
  },
  createStatusBarItem: (): StatusBarItem => {
    const item: StatusBarItem = {
      text: '',
      command: undefined,
      isShown: false,
      show: () => (item.isShown = true),
      hide: () => (item.isShown = false),
      dispose: () => undefined,
    };
    fake.items.push(item);
    return item;
  },
  showInformationMessage: (message: string): Promise<string | undefined> => {
    fake.messages.push(message);
    return Promise.resolve(fake.answer);
  },
  showOpenDialog: (): Promise<undefined> => Promise.resolve(undefined),
};

export const workspace = {
  textDocuments: [] as unknown[],
  isTrusted: true,
  asRelativePath: (uri: { fsPath: string } | string): string => (typeof uri === 'string' ? uri : uri.fsPath).replace('/work/', ''),
  getConfiguration: (section?: string) => ({
    get: (name: string): unknown => fake.settings.get(section === undefined ? name : `${section}.${name}`),
    inspect: (name: string): unknown => ({ globalValue: fake.settings.get(name) }),
    update: (name: string, value: unknown): Promise<void> => {
      fake.settings.set(`${section ?? ''}.${name}`, value);
      return Promise.resolve();
    },
  }),
  onDidChangeConfiguration: changedSettings.event,
};

export const debug = {
  registerDebugAdapterTrackerFactory: (_type: string, factory: (typeof fake.trackers)[number]) => {
    fake.trackers.push(factory);
    return { dispose: () => undefined };
  },
};
