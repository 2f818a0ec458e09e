import { useState } from "react";

export function PasswordField({ onSubmit }: { onSubmit: (password: string) => void }) {
  const [password, setPassword] = useState("");
  return (
    <form onSubmit={() => onSubmit(password)}>
      <input type="password" value={password} onChange={(event) => setPassword(event.target.value)} />
      <button disabled={!password}>Sign in</button>
    </form>
  );
}
