async function report(event: string): Promise<void> {
  await fetch("/events", { method: "POST", body: JSON.stringify({ event }) });
}

export function onClick(name: string): void {
  void report(`click ${name}`);
}
