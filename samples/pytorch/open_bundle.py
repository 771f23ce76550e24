"""Labels a scene with a model of iicd's: python open_bundle.py MODEL SCENE.tif MAP.tif"""
import json, sys, rasterio, torch
from torch.nn.functional import avg_pool2d, batch_norm, conv2d, interpolate, max_pool2d, one_hot, relu
from safetensors import safe_open
NORM = "running_mean", "running_var", "weight", "bias"

def linear(y, weights, bias=None): return conv2d(y, weights.reshape(len(weights), -1, 1, 1), bias)
def grow(y): return interpolate(y, scale_factor=2, mode="bilinear")[:, :, :x.shape[2], :x.shape[3]]
def mean(y, size): return avg_pool2d(y, size, 1, size // 2) / avg_pool2d(valid, size, 1, size // 2).clamp(min=1e-9)
with safe_open(sys.argv[1], "pt") as file:
    model, state = json.loads(file.metadata()["iicd"]), {name: file.get_tensor(name) for name in file.keys()}
with rasterio.open(sys.argv[2]) as scene:
    values, valid, profile = torch.tensor(scene.read()).float(), torch.tensor(scene.dataset_mask() / 255), scene.profile
valid = valid.float()[None, None]
low, high = (torch.tensor([band[key] for band in model["scaling"]["bands"]])[:, None, None] for key in ("low", "high"))
x = ((values - low) / (high - low)).clamp(0, 1)[None] * valid
features = x
for n, dilation in (0, 1), (3, 1), (7, 1), (10, 1), (13, 2), (16, 2):
    kernel, norm = state[f"trunk.features.{n}.weight"], [state[f"trunk.features.{n + 1}.{key}"] for key in NORM]
    features = relu(batch_norm(conv2d(features, kernel, padding=dilation, dilation=dilation), *norm))
    features = max_pool2d(features, 2, ceil_mode=True) if n == 3 else features
scores = grow(linear(features, state["head_B.heads.0.0.weight"]).softmax(1))
naming = model.get("naming") or {}
if model.get("refinement") and naming.get("kind") != "learnt":
    away = torch.cat([x, mean(x, 3)], 1).double()[0, None] - state["refinement.means"][:, :, None, None]
    away = torch.einsum("kdyx,kde,keyx->kyx", away, state["refinement.precisions"], away)[None] / -2
    own = state["refinement.log_shares"] + state["refinement.precisions"].logdet() / 2
    said = linear(scores.double(), model["refinement"]["weight"] * state["refinement.log_confusion"])
    scores = away + own[:, None, None] + said
if naming.get("kind") == "learnt":
    near = torch.cat([x, mean(x, 3), mean(x, 7), (mean(x * x, 7) - mean(x, 7) ** 2).clamp(min=0).sqrt()], 1)
    scores = grow(linear(features, state["named.trunk"]))
    scores = scores + linear(near, state["named.pixels"], state["named.offsets"])
labels = torch.tensor(naming.get("targets", range(scores.shape[1])))[scores.argmax(1)[0]]
if size := naming.get("majority"):  # a pixel's own class wins where it is among the most frequent ones around it
    votes = one_hot(labels).permute(2, 0, 1).float() * valid[0]
    labels = ((avg_pool2d(votes, size, 1, size // 2) * size**2).round() + votes / 2).argmax(0)
profile.update(driver="GTiff", count=1, dtype="uint8", nodata=255)
with rasterio.open(sys.argv[3], "w", **profile) as target:
    target.write(labels.where(valid[0, 0] > 0, 255).byte().numpy(), 1)
