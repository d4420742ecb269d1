// The ladder: down when the line does not carry it, up only after it has for a while; pictures fit their budget.
import { describe, expect, it } from "vitest";
import { toPcm16 } from "./capture";
import { packBinary } from "./contract";
import { BitBucket, nextQuality, Pace } from "./pace";
import { ServerClock } from "./serverClock";

const LIMITS = { max_fps: 2, max_bytes: 262_144, width: 640, height: 480, quality: 0.6 };

describe("Pace", () => {
  it("begins low, climbs on a good line and falls at once on a bad one", () => {
    const pace = new Pace(LIMITS);
    expect(pace.mode).toBe("low");
    for (let i = 0; i < 4; i += 1) pace.judged(200, 0, i * 1000);
    expect(pace.mode).toBe("normal");
    pace.judged(4000, 0, 5_000);
    expect(pace.mode).toBe("low");
    for (let i = 0; i < 8; i += 1) pace.judged(200, 0, 6_000 + i);
    expect(pace.mode).toBe("low");
    for (let i = 0; i < 8; i += 1) pace.judged(200, 0, 40_000 + i);
    expect(pace.mode).toBe("normal");
  });

  it("never climbs above what the student holds", () => {
    const pace = new Pace(LIMITS);
    pace.hold("stills");
    for (let i = 0; i < 50; i += 1) pace.judged(100, 0, i * 10_000);
    expect(pace.mode).toBe("stills");
  });

  it("keeps low within 50 and stills within 15 kbit/s, headers and heartbeats included", () => {
    const pace = new Pace(LIMITS);
    const bits = (mode: "low" | "stills") => {
      pace.hold(mode);
      const shape = pace.shape(0);
      return ((shape.bytes + 120) * 8 * 1000) / shape.everyMs + shape.soundBits + (200 * 8) / 5;
    };
    expect(bits("low")).toBeLessThan(50_000);
    expect(bits("stills")).toBeLessThan(15_000);
  });

  it("does as the server asks", () => {
    const pace = new Pace(LIMITS);
    for (let i = 0; i < 4; i += 1) pace.judged(200, 0, i);
    expect(pace.shape(0).everyMs).toBe(500);
    pace.slow(0.5, 0);
    expect(pace.shape(1).everyMs).toBe(2000);
    expect(pace.shape(61_000).everyMs).toBe(500);
  });

  it("finds a quality that fits", () => {
    const shape = { ...new Pace(LIMITS).shape(0), bytes: 9_000 };
    let quality = 0.5;
    for (let i = 0; i < 6; i += 1) quality = nextQuality(quality, 60_000 * quality, shape);
    expect(60_000 * quality).toBeLessThan(9_500);
    expect(nextQuality(0.2, 1_000, shape)).toBeCloseTo(0.22);
  });
});

describe("what goes over the line", () => {
  it("spreads sound over time", () => {
    const bucket = new BitBucket(0);
    const passed = Array.from({ length: 100 }, (_, second) => bucket.take(128_000, 8_000, second * 1000)).filter(Boolean);
    expect(passed.length).toBe(6);
    expect(bucket.take(1, Infinity, 0)).toBe(true);
    expect(bucket.take(1, 0, 1e9)).toBe(false);
  });

  it("packs the header as the protocol has it", () => {
    const view = new DataView(packBinary(1, 1_700_000_000_123, 7, new Uint8Array([9]).buffer));
    expect([view.getUint8(0), view.getBigUint64(4), view.getUint32(12), view.getUint8(16)]).toEqual([1, 1_700_000_000_123n, 7, 9]);
  });

  it("makes 16-bit samples, at half the rate of half as many", () => {
    expect([...toPcm16(new Float32Array([0, 1, -1, 2]), 16_000)]).toEqual([0, 32767, -32767, 32767]);
    expect(toPcm16(new Float32Array(16_000), 8_000)).toHaveLength(8_000);
  });
});

describe("ServerClock", () => {
  it("believes the server, not the device's date", () => {
    let ticks = 0;
    const clock = new ServerClock(() => ticks, 0);
    clock.told(1_000_000, 100);
    ticks += 500;
    expect(clock.now()).toBe(1_000_550);
    clock.told(1_000_700, 400);
    expect(clock.now()).toBe(1_000_550);
    clock.told(1_000_540, 20);
    expect(clock.now()).toBe(1_000_550);
  });

  it("notices that the device has slept", () => {
    const clock = new ServerClock(() => 0, 0);
    clock.told(1_000_000, 20);
    clock.told(1_300_000, 400);
    expect(clock.now()).toBe(1_300_200);
  });
});
