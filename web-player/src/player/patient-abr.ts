import Hls, { type AbrComponentAPI, type HlsConfig } from 'hls.js';

type Abr = HlsConfig['abrController'];

/** hls.js' own choice of a level, which waits with a change until `mayChange` allows it. */
export function patientAbr(mayChange: () => boolean): Abr {
  return class extends (Hls.DefaultConfig.abrController as Abr) {
    override get nextAutoLevel(): number {
      const wanted = super.nextAutoLevel;
      const now = (this as unknown as { readonly hls: Hls | null }).hls?.loadLevel ?? -1;
      return now < 0 || wanted === now || mayChange() ? wanted : now;
    }

    override set nextAutoLevel(level: number) {
      super.nextAutoLevel = level;
    }
  } satisfies new (hls: Hls) => AbrComponentAPI as Abr;
}
