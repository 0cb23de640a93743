import { Notifications } from '@mantine/notifications';
import '@mantine/notifications/styles.css';

/** Where it is said what has come of a change. Nothing is said before the first page is there, so it comes after it. */
export function Notices() {
  return <Notifications position="bottom-right" limit={4} />;
}
