// Runs beside the microphone: keeps silent what is no louder than the room itself, hands over seconds that are.
// A file of its own, because an AudioWorklet is loaded by address.
const RATE = 16_000;
const OPEN_AT = 2.5;
const LOUD_ENOUGH = 0.004;

class SoundGate extends AudioWorkletProcessor {
  constructor() {
    super();
    this.chunk = new Float32Array(RATE);
    this.filled = 0;
    this.phase = 0;
    this.sum = 0;
    this.count = 0;
    this.energy = 0;
    this.peak = 0;
    this.floor = 0.002;
  }

  process([input]) {
    const samples = input?.[0];
    if (!samples) return true;
    const step = RATE / sampleRate;
    for (const sample of samples) {
      // A running mean down to 16 kHz.
      this.sum += sample;
      this.count += 1;
      this.phase += step;
      if (this.phase >= 1) {
        this.phase -= 1;
        this.take(this.sum / this.count);
        this.sum = 0;
        this.count = 0;
      }
    }
    return true;
  }

  take(value) {
    this.chunk[this.filled] = value;
    this.filled += 1;
    this.energy += value * value;
    if (this.filled % 800 === 0) {
      const level = Math.sqrt(this.energy / 800);
      this.peak = Math.max(this.peak, level);
      this.floor = level < this.floor ? 0.7 * this.floor + 0.3 * level : Math.min(0.05, this.floor * 1.004);
      this.energy = 0;
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has one receiver
      this.port.postMessage({ level });
    }
    if (this.filled === RATE) this.hand();
  }

  hand() {
    if (this.peak > Math.max(LOUD_ENOUGH, OPEN_AT * this.floor)) {
      const samples = this.chunk;
      this.port.postMessage({ samples }, [samples.buffer]);
      this.chunk = new Float32Array(RATE);
    }
    this.filled = 0;
    this.peak = 0;
  }
}

registerProcessor("sound-gate", SoundGate);
