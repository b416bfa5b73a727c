import { startApp, type TestApp } from '../../support/app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

it('sends a visitor to the page', async () => {
  const home = await fetch(app.url, { redirect: 'manual' });
  expect([home.status, home.headers.get('location')]).toEqual([302, '/docs']);
});

it('asks no other machine for anything', async () => {
  const page = await fetch(`${app.url}/docs`);
  const html = await page.text();
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(html).not.toMatch(/https?:|<script>|<style>|style=|onload=/);
  const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path);
  expect(files).toHaveLength(6);
  for (const file of files) {
    const asset = await fetch(app.url + file);
    expect([file, asset.status]).toEqual([file, 200]);
    expect(asset.headers.get('content-type')).toMatch(/^(image\/png|text\/(css|javascript))/);
    await asset.arrayBuffer();
  }
});

it('offers every document, and no validator on the web', async () => {
  const script = await (await fetch(`${app.url}/docs/start.js`)).text();
  const urls = [...script.matchAll(/"url":"([^"]+)"/g)].map(([, url]) => url);
  expect(urls).toEqual(['routing', 'financial', 'gateway', 'platform', 'store'].map((surface) => `/openapi/${surface}.json`));
  expect(script).toContain("validatorUrl: 'none'");
  expect(script).not.toMatch(/https?:/);
});

it('serves no file but its own', async () => {
  expect((await app.call('GET', '/docs/package.json')).status).toBe(404);
  expect((await app.call('GET', '/docs/..%2fpackage.json')).status).toBe(404);
});
