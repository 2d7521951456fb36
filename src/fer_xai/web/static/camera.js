// The webcam: frames to the classifier, one after the other, as fast as it answers.

import { predict } from "/static/api.js";

const WIDTH = 480;
const WINDOW = 3000; // milliseconds over which the rate is told
const PATIENCE = 1000; // milliseconds to wait after a refusal that does not say how long

export class Camera {
  constructor(video, { answered, refused, rate }) {
    this.video = video;
    this.tell = { answered, refused, rate };
    this.canvas = document.createElement("canvas");
    this.stream = null;
  }

  get on() {
    return this.stream !== null;
  }

  async start(fields) {
    if (!navigator.mediaDevices) throw new Error("Browsers give the webcam only to pages on this computer (127.0.0.1) or over HTTPS.");
    this.stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 640 }, facingMode: "user" }, audio: false });
    this.stream.getVideoTracks()[0].addEventListener("ended", () => this.stop());
    this.video.srcObject = this.stream;
    await this.video.play();
    this.times = [];
    this.follow(this.stream, fields);
  }

  stop() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
  }

  frame() {
    const { videoWidth, videoHeight } = this.video;
    const share = Math.min(1, WIDTH / videoWidth);
    this.canvas.width = Math.round(videoWidth * share);
    this.canvas.height = Math.round(videoHeight * share);
    this.canvas.getContext("2d").drawImage(this.video, 0, 0, this.canvas.width, this.canvas.height);
    return new Promise((done) => this.canvas.toBlob(done, "image/jpeg", 0.9));
  }

  async follow(stream, fields) {
    while (this.stream === stream) {
      let wait = 0;
      try {
        const image = await this.frame();
        if (image === null) throw new Error("no frame yet");
        const answer = await predict(image, { ...fields(), crop: "find" });
        if (this.stream === stream) this.tell.answered(answer);
        this.count();
      } catch (problem) {
        if (problem.code === "no_face") this.count();
        else wait = 1000 * (problem.wait || 0) || PATIENCE;
        if (this.stream === stream) this.tell.refused(problem);
      }
      // A hidden page rests; and the browser gets a breath to draw.
      if (document.hidden) wait = PATIENCE;
      await new Promise((done) => setTimeout(done, wait || 5));
    }
  }

  count() {
    const now = performance.now();
    this.times = [...this.times, now].filter((time) => now - time < WINDOW);
    if (this.times.length > 1) this.tell.rate((1000 * (this.times.length - 1)) / (now - this.times[0]));
  }
}
