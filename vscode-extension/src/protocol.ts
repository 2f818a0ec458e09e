// What goes between this extension and the language server beyond LSP (docs/protocol.md, "Language server", "Report").
// Fields that an older server does not send are optional.

export interface WirePosition {
  readonly line: number;
  readonly character: number;
}

export interface WireRange {
  readonly start: WirePosition;
  readonly end: WirePosition;
}

/** 0-based, in the negotiated encoding, which is UTF-16 with VS Code. */
export interface Place {
  readonly path: string;
  readonly range: WireRange;
}

export interface RelatedPlace extends Place {
  readonly message: string;
}

export interface ReportDiagnostic extends Place {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly related: readonly RelatedPlace[];
}

export interface ReportEdit extends Place {
  readonly newText: string;
}

export interface ReportFix {
  /** Markdown. */
  readonly title: string;
  /** The title as plain text. */
  readonly label?: string;
  readonly rung: string;
  readonly edits: readonly ReportEdit[];
}

/** 1-based, as printed in the log. */
export interface ReportFrame {
  readonly path: string;
  readonly lineno: number | null;
  readonly colno: number | null;
  readonly function: string | null;
  readonly in_app: boolean;
}

export interface ReportFailure {
  readonly kind: string;
  readonly exception_type: string;
  readonly message: string;
  readonly primary: boolean;
  readonly frames: readonly ReportFrame[];
}

export interface Report {
  readonly failures: readonly ReportFailure[];
  readonly diagnostics: readonly ReportDiagnostic[];
  readonly fixes: readonly ReportFix[];
  readonly problems: readonly string[];
  readonly timing_ms: Readonly<Record<string, number | null>>;
}

export interface DiagnoseParams {
  readonly log: string;
  readonly cwd?: string;
  readonly command?: string;
}

/** Without a range the whole file is meant. */
export interface ReviewParams {
  readonly textDocument: { readonly uri: string };
  readonly range?: WireRange;
}

export interface Remark extends ReportDiagnostic {
  readonly fixes: readonly ReportFix[];
}

export interface ReviewReport {
  readonly diagnostics: readonly Remark[];
  readonly problems: readonly string[];
}

export const DIAGNOSE = 'qwen/diagnose';
export const REVIEW = 'qwen/review';
export const ASK = 'qwen/ask';
export const ROLES = 'qwen/roles';
export const FEEDBACK = 'qwen/feedback';
export const BACKEND_STATE = 'qwen/backendState';
export const BACKEND_COMMAND = 'qwen.backend';
export const DIAGNOSE_COMMAND = 'qwen.diagnose';
export const REVIEW_COMMAND = 'qwen.review';
export const CLEAR_COMMAND = 'qwen.clear';

export interface AskParams {
  readonly question: string;
  readonly role?: string;
  readonly conversation?: string;
  readonly textDocument?: { readonly uri: string };
  readonly range?: WireRange;
  readonly partialResultToken: string;
}

export interface AskResult {
  readonly answer: string;
  readonly conversation: string;
  readonly role: string;
  readonly problems: readonly string[];
}

/** The whole answer so far. */
export interface AskPartial {
  readonly text: string;
}

export interface Role {
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

export interface RolesResult {
  readonly roles: readonly Role[];
  readonly problems: readonly string[];
}

export type Verdict = 'good' | 'bad' | 'applied' | 'undone';

export interface FeedbackParams {
  readonly target: 'diagnosis' | 'fix';
  readonly fix?: number;
  readonly verdict: Verdict;
}

/** What one may ask of the backend; the server answers with its state. */
export type BackendAction = 'start' | 'stop' | 'status' | 'promote' | 'rollback';

/** docs/protocol.md, "Supervisor"; `state` is a string, as a newer server may know more of them. */
export interface BackendState {
  readonly state: string;
  readonly detail: string;
  readonly percent: number | null;
  readonly reason: string | null;
  readonly remedy: string | null;
  readonly version: string;
  readonly model: string | null;
}
