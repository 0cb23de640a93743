import type { BrowserContext, Page } from 'playwright-core';
import type { DashboardServer } from './dashboard-server.ts';

export const ANN = { email: 'ann@shop.example', name: 'Ann Able', password: 'correct horse battery staple' } as const;

/** Follows the link of the first start, as a person would: afterwards the page shows the flags. */
export async function setUp(page: Page, server: DashboardServer): Promise<void> {
  await page.goto(server.setUpLink);
  await page.getByLabel('E-mail').fill(ANN.email);
  await page.getByLabel('Name').fill(ANN.name);
  await page.getByRole('textbox', { name: 'New password' }).fill(ANN.password);
  await page.getByRole('textbox', { name: 'Repeat password' }).fill(ANN.password);
  await page.locator('button[type=submit]').click();
  await page.waitForURL('**/flags');
}

/** Signs in without a page, for tests that are about something else. Sets Ann up if nobody is there yet. */
export async function signIn(context: BrowserContext, server: DashboardServer): Promise<void> {
  const post = (path: string, data: object) => context.request.post(`${server.url}/auth${path}`, { data });
  const { email, name, password } = ANN;
  const ways = (await (await context.request.get(`${server.url}/auth/ways`)).json()) as { setUp: boolean };
  const code = server.setUpLink.split('#')[1];
  const answer = ways.setUp
    ? await post('/link/accept', { code, email, name, password })
    : await post('/sign-in/email', { email, password });
  if (!answer.ok()) throw new Error(`Signing in: ${answer.status()} ${await answer.text()}`);
}
