import fc from 'fast-check';

/** Lists and texts become as long as a property lets them: by default fast-check makes none longer than ten. */
fc.configureGlobal({ defaultSizeToMaxWhenMaxSpecified: true });
