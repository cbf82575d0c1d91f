// Badges read by the camera of the device, where the browser knows how to read a QR code.

interface Detector {
	detect(source: CanvasImageSource): Promise<{ rawValue: string }[]>;
}

type Detectors = new (options: { formats: string[] }) => Detector;

const detectors = (): Detectors | undefined => (globalThis as { BarcodeDetector?: Detectors }).BarcodeDetector;

/** Whether this browser can read a badge at all. */
export const reads = (): boolean => detectors() !== undefined && navigator.mediaDevices !== undefined;

/** How often the picture is looked at, and how long a badge that stays before the camera counts once, in milliseconds. */
const every = 200;
const rest = 4000;

export class Camera {
	private stream: MediaStream | undefined;
	private timer = 0;
	private last = "";
	private lastAt = 0;

	constructor(
		private readonly video: HTMLVideoElement,
		private readonly read: (text: string) => void,
	) {}

	get on(): boolean {
		return this.stream !== undefined;
	}

	/** Opens the camera of the back. It throws when the person or the device says no. */
	async open(): Promise<void> {
		const Detect = detectors();
		if (!Detect) throw new Error("no detector");
		const detector = new Detect({ formats: ["qr_code"] });
		this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
		this.video.srcObject = this.stream;
		this.video.hidden = false;
		await this.video.play();
		const look = async (): Promise<void> => {
			if (!this.on) return;
			try {
				for (const { rawValue } of await detector.detect(this.video)) this.saw(rawValue);
			} catch {
				// A picture that is not there yet.
			}
			this.timer = window.setTimeout(() => void look(), every);
		};
		void look();
	}

	private saw(text: string): void {
		const now = Date.now();
		if (text === this.last && now - this.lastAt < rest) {
			this.lastAt = now;
			return;
		}
		this.last = text;
		this.lastAt = now;
		this.read(text);
	}

	close(): void {
		clearTimeout(this.timer);
		this.stream?.getTracks().forEach((track) => track.stop());
		this.stream = undefined;
		this.video.srcObject = null;
		this.video.hidden = true;
	}
}
