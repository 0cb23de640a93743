/** Unpacks the Chromium of the npm package into the directory for temporary files, which the caller chooses by TMPDIR. */
import chromium from '@sparticuz/chromium';

await chromium.executablePath();
