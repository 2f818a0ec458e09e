export const config = {
  host: "db.internal.example.com",
  user: "shop",
  password: "Tr0ub4dor&3-prod",  <<security>>
  database: "shop",
};
