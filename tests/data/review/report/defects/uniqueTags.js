export function uniqueTags(posts) {
  const tags = posts.flatMap((post) => post.tags);
  tags.map((tag) => tag.toLowerCase());  <<logic>>
  return [...new Set(tags)];
}
