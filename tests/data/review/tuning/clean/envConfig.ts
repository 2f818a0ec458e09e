export const config = {
  host: process.env.DB_HOST ?? "localhost",
  user: "shop",
  password: process.env.DB_PASSWORD,
  tokenHeader: "x-session-token",
};
