export function newSession(userId: string) {
  const token = Math.random().toString(36).slice(2);  <<security>>
  return { userId, token, createdAt: Date.now() };
}
