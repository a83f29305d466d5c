/** Pictures of every page against a running `npm run dev`, for looking at: node mock/screenshots.mjs [URL] [FOLDER] */

import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';

const base = process.argv[2] ?? 'http://127.0.0.1:5173';
const folder = process.argv[3] ?? 'test-results/screenshots';
mkdirSync(folder, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--use-gl=angle',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
  ],
});

async function open(user, path, viewport, more = {}) {
  const context = await browser.newContext({ viewport, baseURL: base, ...more });
  const page = await context.newPage();
  page.on('pageerror', (error) => console.log(`${path}: ${error.message}`));
  page.on('console', (line) => line.type() === 'error' && console.log(`${path}: ${line.text()}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(base) && !/^(data|blob):/.test(request.url()))
      console.log(`external request: ${request.url()}`);
  });
  if (user !== null) {
    await page.goto('/login');
    await page.getByTestId('login-username').fill(user);
    await page.getByTestId('login-password').fill('demo');
    await page.getByTestId('login-submit').click();
    await page.waitForURL((url) => url.pathname !== '/login');
  }
  await page.goto(path);
  return page;
}

const shot = (page, name) => page.screenshot({ path: `${folder}/${name}.png` });
const settle = (page, ms = 3_000) => page.waitForTimeout(ms);

const wanted = new Set(process.argv.slice(4));
const job = async (name, run) => {
  if (wanted.size === 0 || wanted.has(name)) await run();
};

await job('login', async () => {
  const page = await open(null, '/login', { width: 1280, height: 720 });
  await page.getByTestId('login-form').waitFor();
  await shot(page, 'login');
  await page.context().close();
});

await job('console', async () => {
  const page = await open('despacho1', '/console', { width: 1600, height: 900 });
  await page.getByTestId('incident-list-row').first().waitFor();
  await settle(page, 5_000);
  await shot(page, 'console-1600-empty');
  await page.getByTestId('incident-list-row').first().click();
  await settle(page);
  await shot(page, 'console-1600-incident');
  await page.getByTestId('detail-cameras').click();
  await settle(page, 1_500);
  await page.getByTestId('incident-list-row').nth(4).click();
  await settle(page, 1_500);
  await shot(page, 'console-1600-assigned');
  await page.getByTestId('call-list-row').first().click();
  await settle(page, 1_000);
  await page.getByTestId('call-where').fill('Cerro Corá c/ Yegros');
  await settle(page, 1_500);
  await shot(page, 'console-1600-call');
  await page.keyboard.press('Escape');
  await page.keyboard.press('F2');
  await page.getByTestId('new-call-type').fill('inc');
  await shot(page, 'console-1600-newcall');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.getByTestId('unit-list-row').first().click();
  await page.keyboard.press('/');
  await page.getByTestId('command').fill('D M12 B3 0149');
  await settle(page, 800);
  await shot(page, 'console-1600-command');
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.getByTestId('command').fill('D M99 0147');
  await page.getByTestId('incident-list-row').first().click();
  await settle(page, 2_500);
  await shot(page, 'console-1280-incident');
  await page.getByTestId('help-open').click();
  await shot(page, 'console-1280-help');
  await page.context().close();
});

await job('field', async () => {
  const fieldPage = await open(
    'movil1',
    '/field',
    { width: 360, height: 640 },
    { geolocation: { longitude: -57.64, latitude: -25.29 }, permissions: ['geolocation'] },
  );
  await fieldPage.getByTestId('field').waitFor();
  await settle(fieldPage, 3_000);
  await shot(fieldPage, 'field-360-idle');
  await fieldPage.evaluate(() => fetch('/mock/assign-field'));
  await fieldPage.getByTestId('field-task').waitFor();
  await settle(fieldPage, 3_000);
  await shot(fieldPage, 'field-360-task');
  await fieldPage.getByTestId('field-more').click();
  await fieldPage.getByTestId('theme-toggle').click();
  await settle(fieldPage, 2_500);
  await shot(fieldPage, 'field-360-more-day');
  await fieldPage.getByTestId('field-more').click();
  await fieldPage.setViewportSize({ width: 390, height: 844 });
  await fieldPage.context().setOffline(true);
  await fieldPage.getByTestId('next-status').click();
  await fieldPage.getByTestId('next-status').click();
  await settle(fieldPage, 7_000);
  await shot(fieldPage, 'field-390-offline');
  await fieldPage.context().setOffline(false);
  await settle(fieldPage, 4_000);
  await shot(fieldPage, 'field-390-resumed');
  await fieldPage.context().close();
});

await job('wall', async () => {
  const page = await open('camaras1', '/wall', { width: 1600, height: 900 });
  await page.getByTestId('purpose').waitFor();
  await settle(page);
  await shot(page, 'wall-1600-purpose');
  await page.getByTestId('purpose-patrol').click();
  await settle(page, 2_500);
  await page.getByTestId('alarm-open').first().click();
  await page.getByTestId('alarm-dismiss').nth(1).click();
  await settle(page, 1_000);
  await shot(page, 'wall-1600');
  await page.context().close();
});

await browser.close();
