import { lazy, Suspense, useState } from 'react';
import { useMe } from '../api/me.ts';
import { AccountButton } from './account-button.tsx';

const AccountDropdown = lazy(() =>
  import('./account-dropdown.tsx').then(({ AccountDropdown: menu }) => ({ default: menu })),
);

/** The way to one's account and out. The menu is fetched when it is first pressed. */
export function AccountMenu() {
  const { name } = useMe();
  const [isWanted, setWanted] = useState(false);
  const button = <AccountButton name={name} aria-haspopup="menu" onClick={() => setWanted(true)} />;
  return isWanted ? (
    <Suspense fallback={button}>
      <AccountDropdown />
    </Suspense>
  ) : (
    button
  );
}
