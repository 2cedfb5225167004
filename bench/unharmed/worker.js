// A worker of a cluster that does nothing, and ends when its primary does.
process.once('disconnect', () => process.exit(0));
setInterval(() => {}, 1000);
