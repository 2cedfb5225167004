// Does nothing for six seconds.
setTimeout(() => undefined, 6000);
