import { Component, type ReactNode } from "react";

/** Shows the code of what its children throw. */
export class Catcher extends Component<{ children?: ReactNode }, { code: string | null }> {
  override state = { code: null };
  static getDerivedStateFromError(error: { code?: string }) {
    return { code: error.code ?? String(error) };
  }
  override render(): ReactNode {
    return this.state.code ?? this.props.children;
  }
}
