interface User {
  id: number;
  name: string;
}

export function byId(users: User[]): Map<number, User> {
  const map = new Map<number, User>();
  users.forEach((user) => map.set(user.id, user));
  return map;
}

export function rename(users: User[], id: number, name: string): User[] {
  return users.map((user) => {  <<logic>>
    if (user.id === id) {
      return { ...user, name };
    }
  });  <<logic>>
}
