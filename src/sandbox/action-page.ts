const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '');

/** Where a customer would prove who they are. */
export function actionPage(provider: string, id: string, notice: string): string {
  const path = `/sandbox/actions/${encodeURIComponent(provider)}/${encodeURIComponent(id)}`;
  const button = (decision: string, words: string) =>
    `<form method="post" action="${path}/${decision}" enctype="application/x-www-form-urlencoded"><button>${words}</button></form>`;
  return `<!doctype html>
<html lang="en">
<title>${escaped(notice)}</title>
<h1>${escaped(notice)}</h1>
<p>A payment at ${escaped(provider)}, ${escaped(id)}, waits for its customer.</p>
${button('approve', 'Approve')}
${button('decline', 'Decline')}
</html>
`;
}
