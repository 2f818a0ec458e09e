export function hasPermission(user, name) {
  if (!user.permissions.indexOf(name)) {  <<logic>>
    return false;
  }
  return user.active;
}
