/**
 * Before the tests: the browser that the page is tested in. Installs Debian's Chromium where it is missing and that is
 * possible without asking anybody; else says so, and those tests are skipped.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

if (!PATHS.some((path) => existsSync(path))) {
  const canInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (canInstall) {
    say('installing Chromium for the tests of the page …');
    const options = { encoding: 'utf8', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    spawnSync('apt-get', ['update', '-qq'], options);
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], options);
  }
  if (!PATHS.some((path) => existsSync(path))) {
    const why = canInstall ? 'apt-get could not install it' : 'only root can install it here';
    say(
      `no Chromium (${why}): the tests of the page in a browser are skipped. Install it: apt-get install chromium`,
    );
  }
}

function say(words) {
  process.stderr.write(`leakline: ${words}\n`);
}
