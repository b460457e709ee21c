"""Modules: functions, parameters, states, derivatives and training steps."""
from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from . import scope
from .session import BuildError, Session, caller
from .values import Attribute, TensorType, Value, attribute, dictionary, make, number, quoted

Initializer = Any  # an nn.init attribute, the name of one, or a number


def _refuse(text: str) -> BuildError:
    file, line = caller()
    return BuildError(f"{file}:{line}: error: {text}")


def _symbol(name: str) -> str:
    return "@" + (name if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_$.]*", name) else quoted(name))


def _initializer(init: Initializer) -> str:
    if isinstance(init, Attribute):
        return init.text
    if isinstance(init, str):
        return f"#nn.{init}"
    return "#nn.zeros" if init == 0 else "#nn.ones" if init == 1 else attribute("constant", value=float(init)).text


class Function:
    """A function of the module. Calling it in another function is a call; outside of any it has no values to work on."""

    def __init__(self, module: Module, name: str, arguments: list[TensorType], results: list[str]):
        self.module, self.name, self.arguments, self.results = module, name, arguments, results
        self.parameters: list[str] = []  # those that it reads, in calls too

    def __call__(self, *values: Value) -> Any:
        self.module._reads.update(dict.fromkeys(self.parameters))
        return make("func.call", (list(values),), {"callee": ("text", _symbol(self.name))}, result_types=self.results)

    def __repr__(self) -> str:
        return f"<nn.Function {self.name}>"


class State:
    """A tensor that is saved and not trained. What is written counts where training runs, or in an entry with updates=True."""

    def __init__(self, module: Module, name: str, type: TensorType):
        self.module, self.name, self.type = module, name, type

    def read(self) -> Value:
        return make("nn.read", (), {"state": ("text", _symbol(self.name))}, result=self.type)

    def write(self, value: Value) -> None:
        make("nn.write", (value,), {"state": ("text", _symbol(self.name))})


class Module:
    """A model. Its functions are Python functions whose arguments are annotated with tensor types:

        m = nn.Module("model")

        @m.function
        def predict(x: nn.f32["batch", 5]):
            return nn.relu(nn.Linear(5, name="dense")(x))
    """

    def __init__(self, name: str):
        self.name = name
        self._session = Session(name)
        self._place = scope.Place(self, self._session, self._session.module)
        self.parameters: dict[str, TensorType] = {}
        self.states: dict[str, State] = {}
        self.functions: dict[str, Function] = {}
        self._reads: dict[str, None] = {}  # parameters that the function being traced has asked for

    def _declare(self, op: str, attributes: dict[str, str]) -> None:
        self._session.op(self._session.module, op, [], dictionary(attributes), None, [], None)

    def function(self, function: Callable[..., Any] | None = None, *, name: str | None = None, private: bool = False, updates: bool = False,
                 arguments: Sequence[TensorType] | None = None) -> Any:
        """Decorates a Python function, which is traced at once. It becomes an entry unless it is private; with updates, it writes
        states as training does. `arguments` are its types where there are no annotations. A dict that it returns names the
        results."""
        if function is None:
            return lambda decorated: self.function(decorated, name=name, private=private, updates=updates, arguments=arguments)
        name = name or function.__name__
        if name in self.functions:
            raise _refuse(f"{self.name} has a function {name} already")
        names, types = _signature(function, arguments)
        block, handles = self._session.block([str(kind) for kind in types], names)
        outer, self._reads = self._reads, {}
        with scope.inside(scope.Place(self, self._session, block)):
            returned = function(*(Value(handle, self._session, str(kind)) for handle, kind in zip(handles, types)))
            results, keys = _results(name, returned)
            make("func.return", (results,), {})
        texts = [result.type_text for result in results]
        attributes = {"sym_name": quoted(name), "function_type": f"({', '.join(map(str, types))}) -> ({', '.join(texts)})"}
        if any(kind.attributes != "{}" for kind in types):
            attributes["arg_attrs"] = "[" + ", ".join(kind.attributes for kind in types) + "]"
        if keys:
            attributes["res_attrs"] = "[" + ", ".join(f"{{nn.name = {quoted(key)}}}" for key in keys) + "]"
        if private:
            attributes["sym_visibility"] = '"private"'
        if updates:
            attributes["nn.updates"] = "unit"
        self._session.op(self._session.module, "func.func", [], dictionary(attributes), None, [block], None)
        made = self.functions[name] = Function(self, name, types, texts)
        made.parameters, self._reads = list(self._reads), outer
        return made

    def parameter(self, name: str, type: TensorType, init: Initializer = "zeros") -> None:
        """Declares a trained tensor; nn.parameter does the same and gives its value."""
        if name in self.parameters and str(self.parameters[name]) == str(type):
            return
        if name in self.parameters:
            raise _refuse(f"parameter {name} is a {self.parameters[name]}, but got {type}")
        self._declare("nn.parameter", {"sym_name": quoted(name), "type": str(type), "init": _initializer(init)})
        self.parameters[name] = type

    def state(self, name: str, type: TensorType, init: Initializer = "zeros", *, transient: bool = False) -> State:
        """Declares a tensor that is not trained and keeps its value from call to call; it is saved unless it is transient."""
        if name not in self.states:
            flags = {"transient": "unit"} if transient else {}
            self._declare("nn.state", {"sym_name": quoted(name), "type": str(type), "init": _initializer(init), **flags})
            self.states[name] = State(self, name, type)
        return self.states[name]

    def train_step(self, name: str, loss: Function, optimizer: Attribute, *, trains: Iterable[str] | None = None, schedule: Attribute | None = None,
                   clip_norm: float | None = None, groups: Iterable[Attribute] = (), accumulate: int = 1) -> None:
        """An entry that updates the parameters to lower a loss, and returns it. `trains` says which of those that the loss
        reads, by names and by patterns where * is any characters, and a group (nn.group) gives some hyperparameters of their own.
        With `accumulate` = n, every argument has a first dimension of n parts, and one update follows the mean of their gradients."""
        attributes = {"sym_name": quoted(name), "loss": _symbol(loss.name), "optimizer": optimizer.text}
        if trains is not None:
            attributes["trains"] = _members(trains)
        if schedule is not None:
            attributes["schedule"] = schedule.text
        if clip_norm is not None:
            attributes["clipNorm"] = f"{number(float(clip_norm))} : f64"
        listed = [group.text for group in groups]
        if listed:
            attributes["groups"] = "[" + ", ".join(listed) + "]"
        if accumulate != 1:
            attributes["accumulate"] = f"{accumulate} : i64"
        self._declare("nn.train_step", attributes)

    def to_mlir(self, locations: bool = False) -> str:
        """The module as text; with locations, the compiler's messages name lines of Python."""
        text = self._session.print(locations)
        # Words of enumerations are printed with a space of their own.
        return text if locations else re.sub(r"(?m)(?<=\S)  +(?=[^\s\"]+(?:[^\"\n]*\"[^\"\n]*\")*[^\"\n]*$)", " ", text)

    def __str__(self) -> str:
        return self.to_mlir()


def _signature(function: Callable[..., Any], arguments: Sequence[TensorType] | None) -> tuple[list[str], list[TensorType]]:
    try:
        parameters = list(inspect.signature(function, eval_str=arguments is None).parameters.values())
    except NameError as error:  # `from __future__ import annotations` makes texts of them
        raise _refuse(f"the types of {function.__name__} are not found, since {error}: give them as arguments=[...]") from None
    types = list(arguments) if arguments is not None else [parameter.annotation for parameter in parameters]
    for parameter, kind in zip(parameters, types):
        if not isinstance(kind, TensorType):
            raise _refuse(f"argument {parameter.name} of {function.__name__} needs its type: {parameter.name}: nn.f32[\"batch\", 5]")
    names = [parameter.name for parameter in parameters]
    if len(names) != len(types):
        names = [f"x{number}" for number in range(len(types))]
    return names, types


def _results(name: str, returned: Any) -> tuple[list[Value], list[str]]:
    keys = list(returned) if isinstance(returned, dict) else []
    results = list(returned.values()) if keys else list(returned) if isinstance(returned, (tuple, list)) else [returned]
    for result in results:
        if not isinstance(result, Value):
            raise _refuse(f"{name} returns values of the model, but got {type(result).__name__}: nn.constant makes one")
    return results, keys


def parameter(name: str, type: TensorType, init: Initializer = "zeros") -> Value:
    """The value of a parameter, which is declared where it is asked for first."""
    here = scope.current()
    here.module.parameter(name, type, init)
    here.module._reads[name] = None
    if name not in here.parameters:
        here.parameters[name] = make("nn.param", (), {"parameter": ("text", _symbol(name))}, result=type, value_name=re.sub(r"\W", "_", name))
    return here.parameters[name]


def state(name: str, type: TensorType, init: Initializer = "zeros", *, transient: bool = False) -> State:
    """A state, which is declared where it is asked for first."""
    return scope.current().module.state(name, type, init, transient=transient)


def _expanded(members: Iterable[str], names: Sequence[str]) -> list[str]:
    """The members, with the names that a pattern fits in its place."""
    found: dict[str, None] = {}
    for member in members:
        if "*" not in member:
            found[member] = None
            continue
        fitting = [name for name in names if re.fullmatch(".*".join(map(re.escape, member.split("*"))), name)]
        if not fitting:
            raise _refuse(f"no parameter that is read is like {member!r}; there are {', '.join(names) or 'none'}")
        found.update(dict.fromkeys(fitting))
    return list(found)


def _members(members: Iterable[str]) -> str:
    """A list of parameters, by names and patterns."""
    return "[" + ", ".join(quoted(name) if "*" in name else _symbol(name) for name in members) + "]"


def group(members: Iterable[str], **values: float) -> Attribute:
    """Parameters with hyperparameters of their own, by names and by patterns where * is any characters: nn.group(["*.bias"], weight_decay=0.0)."""
    given = "".join(f", {name} = {number(float(value))}" for name, value in values.items())
    return Attribute(f"#nn.group<{_members(members)}{given}>")


def _derivative(op: str, function: Function, operands: tuple[Any, ...], wrt: Sequence[str | int], results: list[str], segments: bool) -> Any:
    function.module._reads.update(dict.fromkeys(function.parameters))
    names = "[" + ", ".join(_symbol(item) if isinstance(item, str) else f"{item} : i64" for item in wrt) + "]"
    return make(op, operands, {"callee": ("text", _symbol(function.name)), "wrt": ("text", names)}, segments=segments, result_types=results, many=True)


def _chosen(function: Function, wrt: str | Sequence[str | int]) -> Sequence[str | int]:
    """Positions and names; "all" is every argument of float dtype, and a pattern all parameters of the function that it fits."""
    if wrt == "all":
        return [position for position, type in enumerate(function.arguments) if type.dtype.is_float]
    return [chosen for item in wrt for chosen in (_expanded([item], function.parameters) if isinstance(item, str) else [item])]


def _types(function: Function, wrt: Sequence[str | int]) -> list[str]:
    module = function.module
    unknown = [item for item in wrt if (isinstance(item, str) and item not in module.parameters) or (isinstance(item, int) and not 0 <= item < len(function.arguments))]
    if unknown:
        raise _refuse(f"{function.name} has no argument or parameter {unknown[0]!r}; parameters are {', '.join(module.parameters) or 'none'}")
    return [str(module.parameters[item] if isinstance(item, str) else function.arguments[item]) for item in wrt]


def grad(function: Function, *inputs: Value, wrt: str | Sequence[str | int] = (0,)) -> tuple[Value, ...]:
    """The results of a function and the gradients of its first one, a scalar, by parameters (names, and patterns such as "*.bias" or "*") and
    arguments (positions, or "all")."""
    wrt = _chosen(function, wrt)
    return _derivative("nn.grad", function, (list(inputs),), wrt, function.results + _types(function, wrt), segments=False)


def vjp(function: Function, *inputs: Value, cotangents: Sequence[Value], wrt: str | Sequence[str | int] = (0,)) -> tuple[Value, ...]:
    """The results of a function, then for every entry of wrt the cotangents times its derivative."""
    wrt = _chosen(function, wrt)
    return _derivative("nn.vjp", function, (list(inputs), list(cotangents)), wrt, function.results + _types(function, wrt), segments=True)


def jvp(function: Function, *inputs: Value, tangents: Sequence[Value], wrt: str | Sequence[str | int] = (0,)) -> tuple[Value, ...]:
    """The results of a function, then the derivative of every float result along the tangents."""
    wrt = _chosen(function, wrt)
    results = function.results + [text for text in function.results if TensorType.parse(text).dtype.is_float]
    return _derivative("nn.jvp", function, (list(inputs), list(tangents)), wrt, results, segments=True)


def optimizer_function(function: Function, slots: Sequence[str] = (), **hyperparameters: float) -> Attribute:
    """An optimizer of the author's own: a private function (p, g, slots..., hyperparameters..., step) -> (p', slots'...), elementwise
    on tensors of one free dimension."""
    given = ", ".join(f"{name} = {number(float(value))}" for name, value in hyperparameters.items())
    listed = ", ".join(map(quoted, slots))
    return Attribute(f"#nn.optimizer_function<{_symbol(function.name)}, slots = [{listed}], hyperparameters = {{{given}}}>")
