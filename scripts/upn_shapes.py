"""The names and shapes of UPN's tensors, as a configuration asks for them."""
import json
import pathlib

from state_dict_file import BadFile

BACKBONE = "backbone.model.backbone."
INDEX = "relative_position_index"  # int64; all other tensors are floating


class Config:
    def __init__(self, path):
        try:
            self.text = pathlib.Path(path).read_text(encoding="utf-8")
            self.values = json.loads(self.text)
        except ValueError as error:
            raise BadFile(f"not valid JSON: {error}") from error
        if not isinstance(self.values, dict):
            raise BadFile("expected an object")

    def size(self, key):
        return self._checked(key, self._value(key))

    def sizes(self, key, least=1):
        values = self._value(key)
        if not isinstance(values, list) or not values:
            raise BadFile(f"{key}: expected a list of whole numbers, got {json.dumps(values)}")
        return [self._checked(key, value, least) for value in values]

    def ratio(self, key, default):
        value = self.values.get(key, default)
        if type(value) not in (int, float) or not 0 < value <= 64:
            raise BadFile(f"{key}: expected a number above 0, at most 64, got {json.dumps(value)}")
        return value

    def _value(self, key):
        if key not in self.values:
            raise BadFile(f"{key} is missing")
        return self.values[key]

    @staticmethod
    def _checked(key, value, least=1):
        if type(value) is not int or not least <= value <= 1 << 20:
            raise BadFile(f"{key}: expected a whole number from {least} to {1 << 20}, got {json.dumps(value)}")
        return value


def linear(name, into, out, bias=True):
    return {f"{name}.weight": (out, into), **({f"{name}.bias": (out,)} if bias else {})}


def norm(name, dim):
    return {f"{name}.weight": (dim,), f"{name}.bias": (dim,)}


def conv(name, into, out, kernel):
    return {f"{name}.weight": (out, into, kernel, kernel), f"{name}.bias": (out,)}


def mlp(name, *dims):
    shapes = {}
    for i, (into, out) in enumerate(zip(dims, dims[1:])):
        shapes |= linear(f"{name}.layers.{i}", into, out)
    return shapes


def swin_block(name, config, dim, heads):
    window, bias = config.size("swin_window_size"), config.values.get("swin_qkv_bias", True)
    hidden = int(dim * config.ratio("swin_mlp_ratio", 4))
    return {f"{name}.attn.relative_position_bias_table": ((2 * window - 1) ** 2, heads),
            f"{name}.attn.{INDEX}": (window ** 2, window ** 2),
            **norm(f"{name}.norm1", dim), **linear(f"{name}.attn.qkv", dim, 3 * dim, bias),
            **linear(f"{name}.attn.proj", dim, dim), **norm(f"{name}.norm2", dim),
            **linear(f"{name}.mlp.fc1", dim, hidden), **linear(f"{name}.mlp.fc2", hidden, dim)}


def output_dims(config):
    """Stage -> channels of each map that leaves the backbone."""
    stages = config.sizes("swin_out_indices", least=0)
    if max(stages) >= len(config.sizes("swin_depths")):
        raise BadFile(f"swin_out_indices: there is no stage {max(stages)}")
    return {stage: config.size("swin_embed_dim") << stage for stage in stages}


def swin(config):
    dim = config.size("swin_embed_dim")
    depths, heads = config.sizes("swin_depths"), config.sizes("swin_num_heads")
    if len(depths) != len(heads):
        raise BadFile("swin_depths and swin_num_heads: expected one number each for every stage")
    shapes = conv(f"{BACKBONE}patch_embed.proj", 3, dim, config.size("patch_size"))
    shapes |= norm(f"{BACKBONE}patch_embed.norm", dim)
    for stage, depth in enumerate(depths):
        layer = f"{BACKBONE}layers.{stage}"
        width = dim << stage
        for block in range(depth):
            shapes |= swin_block(f"{layer}.blocks.{block}", config, width, heads[stage])
        if stage + 1 < len(depths):
            shapes |= linear(f"{layer}.downsample.reduction", 4 * width, 2 * width, bias=False)
            shapes |= norm(f"{layer}.downsample.norm", 4 * width)
    for stage, width in output_dims(config).items():
        shapes |= norm(f"{BACKBONE}norm{stage}", width)
    return shapes


def neck(config):
    dim, levels = config.size("hidden_dim"), config.size("num_feature_levels")
    maps = list(output_dims(config).values())
    shapes = {"transformer.level_embed": (levels, dim)}
    for level in range(levels):
        into = maps[level] if level < len(maps) else maps[-1] if level == len(maps) else dim
        shapes |= conv(f"input_proj.{level}.0", into, dim, 1 if level < len(maps) else 3)
        shapes |= norm(f"input_proj.{level}.1", dim)
    return shapes


def deformable_attention(name, config):
    dim = config.size("hidden_dim")
    samples = config.size("num_heads") * config.size("num_feature_levels") * config.size("num_points")
    return {**linear(f"{name}.sampling_offsets", dim, 2 * samples), **linear(f"{name}.attention_weights", dim, samples),
            **linear(f"{name}.value_proj", dim, dim), **linear(f"{name}.output_proj", dim, dim)}


def layer(name, config, norms):
    """What encoder and decoder layers share."""
    dim, hidden = config.size("hidden_dim"), config.size("dim_feedforward")
    shapes = {**linear(f"{name}.linear1", dim, hidden), **linear(f"{name}.linear2", hidden, dim)}
    for i in range(norms):
        shapes |= norm(f"{name}.norm{i + 1}", dim)
    return shapes


def transformer(config):
    dim, sines = config.size("hidden_dim"), config.size("decoder_sine_num_feats")
    shapes = {}
    for i in range(config.size("encoder_layers")):
        name = f"transformer.encoder.layers.{i}"
        shapes |= deformable_attention(f"{name}.self_attn", config) | layer(name, config, norms=2)
    for i in range(config.size("decoder_layers")):
        name = f"transformer.decoder.layers.{i}"
        shapes |= deformable_attention(f"{name}.cross_attn", config) | layer(name, config, norms=3)
        shapes |= {f"{name}.self_attn.in_proj_weight": (3 * dim, dim), f"{name}.self_attn.in_proj_bias": (3 * dim,)}
        shapes |= linear(f"{name}.self_attn.out_proj", dim, dim)
    shapes |= norm("transformer.decoder.norm", dim)
    shapes |= mlp("transformer.decoder.ref_point_head", 4 * sines, dim, dim)
    shapes |= mlp("transformer.decoder.ref_point_head_point", 2 * sines, dim, dim)
    shapes |= linear("transformer.enc_output", dim, dim) | norm("transformer.enc_output_norm", dim)
    shapes |= mlp("transformer.enc_out_bbox_embed", dim, dim, dim, 4)
    shapes |= {"transformer.tgt_embed.weight": (config.size("num_queries"), dim)}
    shapes |= {f"transformer.{grain}_grained_prompt.weight": (1, dim) for grain in ("fine", "coarse")}
    return shapes


def box_heads(config):
    """Names of the copies of the one head that refines boxes; the last counts."""
    layers = range(config.size("decoder_layers"))
    return [f"transformer.decoder.bbox_embed.{i}" for i in layers] + [f"bbox_embed.{i}" for i in layers]


def expected_shapes(config):
    dim = config.size("hidden_dim")
    shapes = swin(config) | neck(config) | transformer(config)
    for head in box_heads(config):
        shapes |= mlp(head, dim, dim, dim, 4)
    return shapes
